"""Files and folders of a build."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks because Pyodide archives are large."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(partial(file.read, 1 << 20), b""):
            found.update(chunk)
    return found.hexdigest()


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that replaces ``folder`` if the ``with`` block succeeds."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def sized(size: int, what: str) -> str:
    """Format a line with a size, given in bytes, for the build's output."""
    return f"{size / 1024:9.0f} KiB  {what}"
