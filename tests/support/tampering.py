"""Changes to the files of a build, as somebody with bad intentions makes them."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

#: The SHA-256 of nothing that exists.
NO_SHA256 = "0" * 64

#: The same for SHA-512, as in Subresource Integrity.
NO_SRI = f"sha512-{'A' * 86}=="


def files_below(folder: Path, *but: str) -> set[str]:
    """Return the paths of all files in a folder, without those in the folders ``but``."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return {str(path) for path in paths if path.parts[0] not in but}


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change the contents of a JSON file."""
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data), "utf-8")


def entry(name: str, data: bytes = b"evil", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    """An entry of a tar archive; ``fields`` are those of its header."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def tar(entries: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """A compressed tar archive, whose headers need not match its contents."""
    parts = []
    for info, data in entries:
        parts += [info.tobuf(tarfile.PAX_FORMAT), data, bytes(-len(data) % tarfile.BLOCKSIZE)]
    return gzip.compress(b"".join(parts) + bytes(2 * tarfile.BLOCKSIZE))


def read(archive: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    """The entries of a tar archive."""
    with tarfile.open(archive) as opened:
        return [(info, (opened.extractfile(info) or BytesIO()).read()) for info in opened]
