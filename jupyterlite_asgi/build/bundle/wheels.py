"""Reads and rewrites wheels without installing them."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from packaging.metadata import parse_email

from ..archives import opened

COMPILED = re.compile(r"\.(so|c|h|pyx|pxd)$")


def requires_dist(wheel: Path) -> list[str]:
    """Return the requirements in a wheel's metadata, with their markers."""
    with opened(wheel) as archive:
        metadata = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return list(parse_email(archive.read(metadata[0]))[0].get("requires_dist", []))


def strip(source: Path, dest: Path) -> None:
    """Write a wheel without its compiled part, for any platform, reproducibly."""
    with opened(source) as old, zipfile.ZipFile(dest, "w") as new:
        for name in sorted(name for name in old.namelist() if not COMPILED.search(name)):
            data = old.read(name)
            if name.endswith(".dist-info/WHEEL"):
                text = data.decode().replace("Purelib: false", "Purelib: true")
                data = re.sub(r"(?m)(^Tag: .*\s*)+", "Tag: py3-none-any\n", text).encode()
            elif name.endswith(".dist-info/RECORD"):
                rows = [line.split(",")[0] for line in data.decode().splitlines()]
                data = "".join(f"{row},,\n" for row in rows if not COMPILED.search(row)).encode()
            info = zipfile.ZipInfo(name)  # dated 1980, uncompressed: zlib differs by platform
            info.external_attr = 0o644 << 16
            new.writestr(info, data)


def imports(wheel: Path) -> list[str]:
    """Return the modules by which Pyodide's import scan finds the wheel, dotted in a namespace."""
    with opened(wheel) as archive:
        names = [name for name in archive.namelist() if re.search(r"\.(py|so)$", name)]
    packages = {name.rpartition("/")[0] for name in names if "/__init__." in name}
    found = set()
    for name in (name for name in names if not re.match(r"[^/]*\.(data|dist-info)/", name)):
        parts = name.split("/")
        heads = ["/".join(parts[:end]) for end in range(1, len(parts))]
        module = "/".join([*parts[:-1], parts[-1].split(".")[0]])
        found.add(next((head for head in heads if head in packages), module).replace("/", "."))
    return sorted(found)
