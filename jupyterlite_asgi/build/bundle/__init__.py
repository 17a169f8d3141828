"""Bundles wheels that run in Pyodide, and Pyodide itself, into a site."""
