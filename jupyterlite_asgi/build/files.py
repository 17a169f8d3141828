"""Files and folders of a build."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
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


def changed(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Return the files in a folder that are missing or have another SHA-256."""
    return sorted(
        name
        for name, sha256 in digests.items()
        if not (folder / name).is_file() or digest(folder / name) != sha256
    )


def write(path: Path, data: bytes) -> None:
    """Write a file so that it is complete if it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
