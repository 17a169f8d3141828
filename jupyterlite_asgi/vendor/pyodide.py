"""Pyodide itself: from npm or from a folder if the site carries it, else where the site has it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .errors import VendorError
from .library import fetch
from .target import Json

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
REGISTRY = "https://registry.npmjs.org"


@dataclass(frozen=True)
class Pyodide:
    """A Pyodide: its own lock file, what is known of its origin, and its folder if it has one."""

    lock: Json
    origin: Json
    folder: Path | None = None

    def copy_core(self, dest: Path) -> None:
        """Copy what runs, without packages; nothing if it stays where it is."""
        if self.folder:
            for name in CORE:
                shutil.copyfile(self.folder / name, dest / name)


def at_url(url: str) -> Pyodide:
    """Return the Pyodide whose ``pyodide.mjs`` or the like is at an address."""
    address = f"{url.rpartition('/')[0]}/{LOCK}"
    return Pyodide(_parsed(fetch(address), address), {})


def in_folder(folder: Path) -> Pyodide:
    """Return the Pyodide in a folder; raise ``VendorError`` if something of it is missing."""
    for name in (*CORE, LOCK):
        if not (folder / name).is_file():
            raise VendorError(f"There is no {name} in {folder}: give a folder of Pyodide 314.")
    return Pyodide(_parsed((folder / LOCK).read_bytes(), str(folder)), {"from": "folder"}, folder)


def from_npm(version: str, registry: str, cache: Path, known: Json) -> Pyodide:
    """Return the Pyodide of a version, fetched from an npm registry into the cache.

    ``known`` is the origin of an earlier build: if it is of the same version, its integrity is
    the one that the archive must have, else the registry's word is taken.
    """
    origin = {"from": "npm", "version": version}
    if {key: known.get(key) for key in origin} == origin:
        integrity = str(known["integrity"])
    else:
        integrity = _integrity(version, registry)
    archive = cache / f"pyodide-{version}.tgz"
    data = archive.read_bytes() if archive.is_file() else b""
    if _sri(data) != integrity:
        data = fetch(f"{registry}/pyodide/-/{archive.name}") or b""
        if _sri(data) != integrity:
            told = "is not the archive that is known by its SHA-512: remove the lock file"
            raise VendorError(f"{archive.name} {told}, if you trust the registry.")
        cache.mkdir(parents=True, exist_ok=True)
        archive.write_bytes(data)
    unpacked = in_folder(_unpack(data, cache / f"pyodide-{version}"))
    return Pyodide(unpacked.lock, origin | {"integrity": integrity}, unpacked.folder)


def _integrity(version: str, registry: str) -> str:
    page = fetch(f"{registry}/pyodide/{version}")
    if page is None:
        raise VendorError(f"There is no Pyodide {version} at {registry}: choose another version.")
    try:
        return str(json.loads(page)["dist"]["integrity"])
    except (ValueError, KeyError, TypeError) as error:
        told = f"{registry} does not answer as npm's registry does"
        raise VendorError(f"{told}: try again with another network or registry.") from error


def _sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def _unpack(data: bytes, dest: Path) -> Path:
    dest.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for name in (*CORE, LOCK):
            try:
                member = tar.extractfile(f"package/{name}")
            except KeyError:
                member = None
            if member is None:
                raise VendorError(f"This Pyodide has no {name}: choose version 314 or later.")
            (dest / name).write_bytes(member.read())
    return dest


def _parsed(data: bytes | None, place: str) -> Json:
    try:
        lock = dict(json.loads(data or b""))
        if {"abi_version", "platform", "python"} <= lock["info"].keys():
            return lock | {"packages": dict(lock["packages"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise VendorError(f"{place} has no {LOCK} that can be read: give another Pyodide.")
