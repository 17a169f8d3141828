"""How the files of published apps are packed: bundles, gzip, and names by contents."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from ..cdn.files import FOLDER
from ..files import write
from ..lock_file import Json

POOL = f"{FOLDER}/files"
"""The folder of the files that never change, within a site."""

GZIPPED = ".gz.bin"
"""How the names of files end that the build has compressed.

Hosts that compress leave this type alone, and none announces it as compressed.
"""

_HEADER = b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff"
"""A header of gzip without a time or a platform, at the best compression."""


def bundle(files: Mapping[str, bytes]) -> bytes:
    """Return many files as one; ``src/runtime/bundle.ts`` says how, and reads it."""
    listed = [[path, len(data)] for path, data in files.items()]
    index = json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([struct.pack("<I", len(index)), index, *files.values()])


def gzipped(data: bytes) -> bytes:
    """Compress ``data``, to the same bytes at any time and with any version of Python."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    return _HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


class Pool:
    """The files of a site that never change: a folder is named after the contents of its file."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._known: dict[tuple[str, bool, str], Json] = {}
        self.wire: dict[str, int] = {}
        """For each path, the bytes of a download from a host that compresses scripts."""

    def put(self, name: str, data: bytes, *, packed: bool = False) -> Json:
        """Write a file, compressed if it is to be ``packed``.

        Returns its ``url``, relative to the site, and its ``size``.
        """
        key = name, packed, hashlib.sha256(data).hexdigest()
        if key not in self._known:
            self._known[key] = self._write(name, data, packed)
        return self._known[key]

    def _write(self, name: str, data: bytes, packed: bool) -> Json:
        stored = gzipped(data) if packed else data
        url = f"{POOL}/{_folder(stored)}/{name}{GZIPPED if packed else ''}"
        write(self._site / url, stored)
        is_script = not packed and name.endswith(("js", "html"))
        self.wire[url] = len(gzipped(data)) if is_script else len(stored)
        return {"url": url, "size": len(stored)}


def is_intact(file: Path) -> bool:
    """Return whether a file of the pool exists and has the contents that it was named after."""
    return file.is_file() and file.parent.name == _folder(file.read_bytes())


def _folder(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
