"""Archives made by others: read within limits, and unpacked only where the build says.

The limits are far above what packages need; they bound what a small archive can expand to.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO, cast

from .errors import BuildError

#: The maximum files in an archive.
FILES = 100_000

#: The maximum bytes of an archive's files, unpacked.
SIZE = 4 << 30

#: The maximum bytes of one header in a tar archive.
HEADER = 1 << 20

_DAMAGE = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the standard library raises for damaged archives."""


def extract(archive: Path, path_of: Callable[[str], Path | None]) -> None:
    """Extract those files of a tar archive for whose name ``path_of`` returns a path.

    Links and special files are left out. Raises ``BuildError`` if the archive is damaged or too
    large.
    """
    with _reading(archive, "download it again"), _decompressed(archive) as plain:
        limits = _Limits(archive)
        tar = tarfile.TarFile(fileobj=cast("IO[bytes]", _Bounded(plain)))
        for member in tar:
            tar.members = []  # type: ignore[attr-defined]  # each keeps headers of up to 1 MiB
            limits.add(member.size)
            if member.isreg() and not member.issparse() and (path := path_of(member.name)):
                path.parent.mkdir(parents=True, exist_ok=True)
                file = tar.extractfile(member)
                assert file is not None, "it is a regular file"
                with path.open("wb") as out:
                    shutil.copyfileobj(file, out)


@contextmanager
def opened(wheel: Path) -> Iterator[zipfile.ZipFile]:
    """Yield a wheel as a ZIP archive; raise ``BuildError`` if it is damaged or too large."""
    with _reading(wheel, "build or download it again"), zipfile.ZipFile(wheel) as archive:
        limits = _Limits(wheel)
        for info in archive.infolist():
            limits.add(info.file_size)
        yield archive


@contextmanager
def _reading(archive: Path, remedy: str) -> Iterator[None]:
    try:
        yield
    except BuildError:
        raise
    except _DAMAGE as error:
        if getattr(error, "errno", None):  # from the disk; damaged archives raise without errno
            raise
        raise BuildError(f"{archive.name} is damaged or incomplete: {remedy}.") from error


def _decompressed(archive: Path) -> BufferedIOBase:
    with archive.open("rb") as file:
        start = file.read(2)
    if start == b"BZ":
        return bz2.open(archive)
    if start == b"\xfd7":
        return lzma.open(archive)
    return gzip.open(archive)


class _Limits:
    """Counts the files of an archive and their bytes."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._files = self._size = 0

    def add(self, size: int) -> None:
        """Count a file of ``size`` bytes; raise ``BuildError`` if that exceeds a limit."""
        self._files, self._size = self._files + 1, self._size + size
        if self._files > FILES or self._size > SIZE or size < 0:
            raise BuildError(
                f"{self._archive.name} unpacks to more than {FILES:,} files or {SIZE >> 30} GiB: "
                "use another release."
            )


class _Bounded:
    """A tar archive whose headers have a maximum size, because ``tarfile`` reads each at once."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        if not 0 <= size <= HEADER:
            raise tarfile.ReadError("a header is too large")
        return self._file.read(size)
