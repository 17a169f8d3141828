"""Tests of bundling packages and Pyodide with a site."""
