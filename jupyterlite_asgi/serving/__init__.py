"""Serving an app under a name, whatever the host: lifespan, errors, time limit, log."""
