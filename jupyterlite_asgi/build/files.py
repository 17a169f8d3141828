"""Files and folders of a build."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .errors import BuildError


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


def extract(archive: Path, path_of: Callable[[str], Path | None]) -> None:
    """Extract those files of a tar archive for whose name ``path_of`` returns a path.

    Raises ``BuildError`` if the archive is damaged.
    """
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                path = path_of(member.name)
                if file and path:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("wb") as out:
                        shutil.copyfileobj(file, out)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        if getattr(error, "errno", None):  # from the disk; damaged archives raise without errno
            raise
        raise BuildError(f"{archive.name} is damaged or incomplete: download it again.") from error


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
