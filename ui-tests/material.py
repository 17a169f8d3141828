"""Test data: cells of the examples, and pictures to upload."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import random
import struct
import zipfile
import zlib
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def cells_of(example: str) -> list[str]:
    """The sources of an example's code cells."""
    cells = json.loads((EXAMPLES / example).read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def cell_with(example: str, text: str) -> str:
    """The source of the only code cell that contains ``text``."""
    (source,) = [source for source in cells_of(example) if text in source]
    return source


def installing(package: str) -> str:
    """The source of a cell that installs a pure Python package of this environment, as it is.

    For packages that the demo site lacks, and that depend on no others.
    """
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    folder, archive = Path(spec.origin).parent, io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in folder.rglob("*.py"):
            file.write(path, path.relative_to(folder.parent))
    return f"""
import base64, sys
from pathlib import Path
Path("/tmp/{package}.zip").write_bytes(base64.b64decode({base64.b64encode(archive.getvalue())!r}))
sys.path.insert(0, "/tmp/{package}.zip")"""


def noise(width: int, height: int) -> bytes:
    """A PNG of that size with random pixels, so that it does not compress."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    source = random.Random(0)
    rows = b"".join(b"\0" + source.randbytes(3 * width) for _ in range(height))
    header = chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
