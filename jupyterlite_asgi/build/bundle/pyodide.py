"""Pyodide itself: from npm, a folder or an archive if the site carries it, else where it has it."""

from __future__ import annotations

import json
import shutil
import tarfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .. import npm
from ..download import fetch
from ..errors import BuildError
from ..files import digest
from ..lock_file import Json

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"


@dataclass(frozen=True)
class Pyodide:
    """A Pyodide: its own lock file, what is known of its origin, and where its packages are.

    ``folder`` has its core, and those packages that are files in it. ``url`` is the address of the
    folder that has them all, without a slash at its end; empty if there is none.
    """

    lock: Json
    origin: Json
    folder: Path | None = None
    url: str = ""

    def copy_core(self, dest: Path) -> int:
        """Copy what runs, without packages, and return its size; nothing if it stays there."""
        if self.folder is None:
            return 0
        for name in CORE:
            shutil.copyfile(self.folder / name, dest / name)
        return sum((dest / name).stat().st_size for name in CORE)


def at_url(url: str) -> Pyodide:
    """Return the Pyodide whose ``pyodide.mjs`` or the like is at an address."""
    base = url.rpartition("/")[0]
    return Pyodide(_parsed(fetch(f"{base}/{LOCK}"), base), {}, url=base)


def at_path(path: Path, cache: Path) -> Pyodide:
    """Return the Pyodide in a folder, or in an archive as Pyodide's releases have it.

    An archive is unpacked into the cache, once. Raises ``BuildError`` if something is missing.
    """
    if path.is_file():
        return _in_folder(_unpack(path, cache), path.name)
    return _in_folder(path, str(path))


def from_npm(version: str, registry: str, distribution: str, cache: Path, known: Json) -> Pyodide:
    """Return the Pyodide of a version, fetched from an npm registry into the cache.

    npm has the core alone: ``distribution`` is the address of its packages, in which ``{version}``
    stands for the version. ``known`` is the origin of an earlier build: if it is of the same
    version, its integrity is the one that the archive must have, else the registry's word is taken.
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
    """Return the folder with the archive's files, which has its name only once it is whole."""
    folder = cache / f"pyodide-{digest(archive)[:16]}"
    part = folder.with_suffix(".part")
    if folder.is_dir():
        return folder
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                file = tar.extractfile(member) if member.isfile() else None
                if file and len(path.parts) == 2:
                    with (part / path.name).open("wb") as out:
                        shutil.copyfileobj(file, out)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        shutil.rmtree(part, ignore_errors=True)
        if getattr(error, "errno", None):  # of the disk: what cannot be unpacked has none
            raise
        raise BuildError(f"{archive.name} is no whole archive: fetch it anew.") from error
    return part.replace(folder)


def _in_folder(folder: Path, named: str) -> Pyodide:
    for name in (*CORE, LOCK):
        if not (folder / name).is_file():
            raise BuildError(f"There is no {name} in {named}: give a Pyodide of 314 or later.")
    return Pyodide(_parsed((folder / LOCK).read_bytes(), named), {"from": "files"}, folder)


def _parsed(data: bytes | None, place: str) -> Json:
    try:
        lock = dict(json.loads(data or b""))
        if {"abi_version", "platform", "python"} <= lock["info"].keys():
            return lock | {"packages": dict(lock["packages"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise BuildError(f"{place} has no {LOCK} that can be read: give another Pyodide.")
