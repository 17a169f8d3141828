"""Pyodide itself: from npm, a folder or an archive if bundled, else from the URL the site uses."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .. import npm
from ..download import fetch
from ..errors import BuildError
from ..files import changed, digest, extract, replacing
from ..lock_file import Json

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"


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
        return str(json.loads(page)["dist"]["integrity"])
    except (ValueError, KeyError, TypeError) as error:
        raise npm.strange(registry) from error


def _unpack(archive: Path, cache: Path) -> Path:
    """Return a folder with the archive's files, which is complete if it exists."""
    folder = cache / f"pyodide-{digest(archive)[:16]}"
    if not folder.is_dir():
        with replacing(folder) as part:

            def path_of(member: str) -> Path | None:
                path = PurePosixPath(member)
                return part / path.name if len(path.parts) == 2 else None

            extract(archive, path_of)
    return folder


def _in_folder(folder: Path, named: str) -> Pyodide:
    for name in (*CORE, LOCK):
        if not (folder / name).is_file():
            raise BuildError(f"There is no {name} in {named}: use Pyodide 314 or later.")
    return Pyodide(_parsed((folder / LOCK).read_bytes(), named), {"from": "files"}, folder)


def faults(folder: Path) -> list[str]:
    """Return the names of files in a bundled folder that are missing or have changed."""
    if not (folder / LOCK).is_file():
        return [LOCK]
    packages = json.loads((folder / LOCK).read_text(encoding="utf-8"))["packages"].values()
    return changed(folder, {package["file_name"]: package["sha256"] for package in packages})


def _parsed(data: bytes | None, place: str) -> Json:
    try:
        lock = dict(json.loads(data or b""))
        if {"abi_version", "platform", "python"} <= lock["info"].keys():
            return lock | {"packages": dict(lock["packages"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise BuildError(f"{place} has no readable {LOCK}: use another Pyodide.")
