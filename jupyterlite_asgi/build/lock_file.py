"""The site's lock file, which records the resolved packages and CDN files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import BuildError

Json = dict[str, Any]


def read(path: Path) -> Json:
    """Return the contents of a lock file, empty if there is none; raise ``BuildError``."""
    if not path.exists():
        return {}
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BuildError(f"{path.name} cannot be read: remove it.") from error
    if not isinstance(lock, dict):
        raise BuildError(f"{path.name} is not a jupyterlite-asgi lock file: remove it.")
    return lock


@contextmanager
def keeping(lock: Json, path: Path) -> Iterator[None]:
    """Write a lock file, which replaces the old one if the ``with`` block succeeds."""
    text = json.dumps(lock, indent=1) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        yield
        return
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        yield
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
