"""Unpacks wheels for published apps, without what only installers and compilers need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..archives import opened
from ..bundle.index import Index, Wheel
from ..lock_file import Json
from ..names import is_path
from .dylink import needed

_NEEDLESS = re.compile(r"\.(pyi|pyc|pyx|pxd|pxi|c|h|cpp|hpp|a)$|(^|/)(py\.typed|__pycache__/.*)$")
_INFO = re.compile(r"[^/]+\.dist-info/(?P<file>.+)")
_DATA = re.compile(r"[^/]+\.data/(?P<scheme>[^/]+)/(?P<path>.+)")


def wheel_of(entry: Json) -> Wheel:
    """Return the package file of an entry from a lock file."""
    return Wheel(*(entry[key] for key in ("name", "version", "filename", "sha256", "kind")))


def unpacked(entry: Json, index: Index) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package, by their paths below the folder of packages.

    ``entry`` is from a lock file. Raises ``BuildError`` if the archive is damaged.
    """
    wheel = wheel_of(entry)
    with opened(index.path(wheel)) as archive:
        for name in sorted(archive.namelist()):
            path = _path(name)
            is_compiled = path.endswith(".so") and wheel.kind == "stripped"
            if path and not is_compiled:
                yield path, archive.read(name)


def _path(name: str) -> str:
    """Return where a file of a wheel goes, empty if it is not needed."""
    if name.endswith("/") or not is_path(name):
        return ""
    if info := _INFO.fullmatch(name):
        return name if info["file"] in ("METADATA", "entry_points.txt") else ""
    if data := _DATA.fullmatch(name):
        name = data["path"] if data["scheme"] in ("purelib", "platlib") else ""
    return "" if _NEEDLESS.search(name) else name


def ordered(libraries: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """Return libraries by their paths, but each after those that it is linked to."""
    paths = {path.rpartition("/")[2]: path for path in sorted(libraries)}
    found: dict[str, bytes] = {}

    def add(path: str, dependents: tuple[str, ...]) -> None:
        if path in found or path in dependents:
            return
        for name in needed(libraries[path]):
            if name in paths:
                add(paths[name], (*dependents, path))
        found[path] = libraries[path]

    for path in sorted(libraries):
        add(path, ())
    return list(found.items())
