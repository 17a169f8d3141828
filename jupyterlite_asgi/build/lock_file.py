"""The lock file of a site, which keeps what was decided about its packages and CDN files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import BuildError

Json = dict[str, Any]


def read(path: Path) -> Json:
    """Return what a lock file of ours holds, nothing if there is none."""
    if not path.exists():
        return {}
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BuildError(f"{path.name} cannot be read: remove it.") from error
    if not isinstance(lock, dict):
        raise BuildError(f"{path.name} is no lock file of ours: remove it.")
    return lock


@contextmanager
def keeping(lock: Json, path: Path) -> Iterator[None]:
    """Write a lock file, which has its name once all within is done."""
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
