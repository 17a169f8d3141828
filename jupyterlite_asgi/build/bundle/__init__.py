"""Wheels that run in Pyodide, and Pyodide itself, gathered into the site when it is built."""
