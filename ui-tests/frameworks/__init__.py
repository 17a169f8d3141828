"""What each framework can do here, tried by its example."""
