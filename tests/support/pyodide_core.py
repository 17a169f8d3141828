"""The real Pyodide, if a build of the demo site has left one in its cache."""

from __future__ import annotations

from pathlib import Path

CACHE = Path(__file__).parents[2] / "build" / "cache" / "asgi"


def cached_pyodide() -> Path | None:
    """Return the folder of a Pyodide, ``None`` if there is none."""
    return next(iter(sorted(CACHE.glob("pyodide-*/"))), None)
