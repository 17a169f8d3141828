"""Serves an app under a name, on any host: lifespan, errors, timeout, log."""
