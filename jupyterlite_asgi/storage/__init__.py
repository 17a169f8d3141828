"""Where an app's files and databases are kept."""
