"""Storage for the files and databases of apps."""
