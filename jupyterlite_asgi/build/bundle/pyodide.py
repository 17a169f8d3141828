"""Pyodide itself: from npm, a folder or an archive if bundled, else from the URL the site uses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from .. import npm
from ..archives import extract
from ..download import fetch
from ..errors import BuildError
from ..files import changed, digest, replacing
from ..lock_file import Json
from ..names import are_texts, is_file_name, is_release, is_sha256, is_sri

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
_PYTHON = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\w*")


@dataclass(frozen=True)
class Pyodide:
    """A Pyodide: its own lock file, its origin, and where its packages are.

    ``folder`` has its core, and possibly some packages. ``url``, without a trailing slash, has all
    packages; it is empty if unknown.
    """

    lock: Json
    origin: Json
    folder: Path | None = None
    url: str = ""

    def copy_core(self, dest: Path) -> int:
        """Copy the core, if there is a folder, and return its size in bytes."""
        if self.folder is None:
            return 0
        for name in CORE:
            shutil.copyfile(self.folder / name, dest / name)
        return sum((dest / name).stat().st_size for name in CORE)


def at_url(url: str) -> Pyodide:
    """Return the Pyodide whose entry point, such as ``pyodide.mjs``, is at a URL."""
    base = url.rpartition("/")[0]
    return Pyodide(_parsed(fetch(f"{base}/{LOCK}"), base), {}, url=base)


def at_path(path: Path, cache: Path) -> Pyodide:
    """Return the Pyodide in a folder, or in an archive like those of Pyodide's releases.

    An archive is unpacked once, into the cache. Raises ``BuildError`` if a file is missing.
    """
    if path.is_file():
        return _in_folder(_unpack(path, cache), path.name)
    return _in_folder(path, str(path))


def from_npm(version: str, registry: str, distribution: str, cache: Path, known: Json) -> Pyodide:
    """Return a version of Pyodide, downloaded from an npm registry into the cache.

    npm has only the core: ``distribution`` is the URL of its packages, with ``{version}`` for the
    version. ``known`` is the origin in the lock file: if its version is the same, the archive must
    have its integrity, else the one that the registry states.
    """
    if not is_release(version):
        raise BuildError(f"{version!r} is not a version of Pyodide: write npm or npm:314.0.0.")
    origin = {"from": "npm", "version": version}
    if {key: known.get(key) for key in origin} == origin:
        integrity = str(known["integrity"])
    else:
        integrity = _integrity(version, registry)
    archive = npm.archive("pyodide", version, integrity, registry, cache)
    url = distribution.replace("{version}", version).rstrip("/")
    return replace(at_path(archive, cache), origin=origin | {"integrity": integrity}, url=url)


def _integrity(version: str, registry: str) -> str:
    page = fetch(f"{registry}/pyodide/{version}")
    if page is None:
        raise BuildError(f"There is no Pyodide {version} at {registry}: choose another version.")
    try:
        integrity = json.loads(page)["dist"]["integrity"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise npm.strange(registry) from error
    if not is_sri(integrity):
        raise npm.strange(registry)
    return integrity


def _unpack(archive: Path, cache: Path) -> Path:
    """Return a folder with the archive's files, which is complete if it exists."""
    folder = cache / f"pyodide-{digest(archive)[:16]}"
    if not folder.is_dir():
        with replacing(folder) as part:

            def path_of(member: str) -> Path | None:
                path = PurePosixPath(member)
                is_fit = len(path.parts) == 2 and all(map(is_file_name, path.parts))
                return part / path.name if is_fit else None

            extract(archive, path_of)
    return folder


def _in_folder(folder: Path, named: str) -> Pyodide:
    for name in (*CORE, LOCK):
        if not (folder / name).is_file():
            raise BuildError(f"There is no {name} in {named}: use Pyodide 314 or later.")
    return Pyodide(_parsed((folder / LOCK).read_bytes(), named), {"from": "files"}, folder)


def faults(folder: Path) -> list[str]:
    """Return the names of files in a bundled folder that are missing or have changed."""
    try:
        packages = _parsed((folder / LOCK).read_bytes(), str(folder))["packages"].values()
    except (OSError, BuildError):
        return [LOCK]
    return changed(folder, {package["file_name"]: package["sha256"] for package in packages})


def _parsed(data: bytes | None, place: str) -> Json:
    """Return the contents of Pyodide's lock file; raise ``BuildError`` if it is not one."""
    try:
        lock = dict(json.loads(data or b""))
        info, packages = dict(lock["info"]), dict(lock["packages"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BuildError(f"{place} has no readable {LOCK}: use another Pyodide.") from error
    for key, is_valid in _INFO.items():
        if not is_valid(info.get(key)):
            raise BuildError(f"{place} has a {LOCK} without a valid {key}: use another Pyodide.")
    for name, entry in packages.items():
        given = entry if isinstance(entry, dict) else {}
        for key, is_valid in _ENTRY.items():
            if not is_valid(given.get(key)):
                raise BuildError(
                    f"{place} has a {LOCK} without a valid {key} for {name!r}: use another Pyodide."
                )
    return lock | {"info": info, "packages": packages}


def _is_package(value: object) -> bool:
    """Return whether ``value`` is a file name that hides no file of Pyodide itself."""
    return is_file_name(value) and value.lower() not in (*CORE, LOCK)


_INFO: dict[str, Callable[[Any], bool]] = {
    "abi_version": is_file_name,
    "platform": is_file_name,
    "python": lambda value: isinstance(value, str) and _PYTHON.fullmatch(value) is not None,
}
_ENTRY: dict[str, Callable[[Any], bool]] = {
    "version": is_file_name,
    "file_name": _is_package,
    "sha256": is_sha256,
    "depends": are_texts,
}
