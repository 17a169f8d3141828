"""Gathers wheels that run in Pyodide, when a site is built; a kernel has none of this."""
