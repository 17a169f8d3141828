"""Bundles npm files for the site's service worker to serve in place of a CDN."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import lock_file, npm
from ..archives import extract
from ..errors import BuildError, unusable
from ..files import changed, digest, replacing
from ..lock_file import Json
from .files import TABLE, Asset, entries

TERMS = re.compile(r"(LICEN[CS]E|NOTICE)(\.\w+)?", re.IGNORECASE)
"""The names of license files, which are bundled along with any other file."""

BLANKS = {
    "blank.css": "",
    "blank.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
}
"""Empty files in place of decorations."""


@dataclass(frozen=True)
class Registry:
    """An npm registry, and the folder that caches its archives."""

    url: str
    cache: Path


def carry(
    assets: Sequence[Asset], lock_path: Path, registry: Registry, dest: Path, update: bool
) -> int:
    """Bundle ``assets`` in ``dest``, in the releases of the lock file, which is updated.

    Returns the size in bytes. Without assets, ``dest`` is removed. If ``BuildError`` is raised,
    ``dest`` and the lock file stay as they were.
    """
    lock = lock_file.read(lock_path)
    known = lock.pop("assets", {})
    try:
        if assets:
            releases = decide(assets, {} if update else known, registry)
            with lock_file.keeping(lock | {"assets": releases}, lock_path):
                return gather(assets, releases, registry, dest)
        shutil.rmtree(dest, ignore_errors=True)
        if known:
            with lock_file.keeping(lock, lock_path):
                pass
    except OSError as error:
        raise unusable(error) from error
    return 0


def decide(assets: Sequence[Asset], known: Json, registry: Registry) -> Json:
    """Return the release of each package by ``Asset.key``: the known one, or the newest."""
    keys = {asset.key: asset for asset in assets if not asset.blank}
    return {
        key: known.get(key) or npm.choose(asset.package, asset.wanted, registry.url)
        for key, asset in sorted(keys.items())
    }


def gather(assets: Sequence[Asset], releases: Json, registry: Registry, dest: Path) -> int:
    """Fill a folder with the files and their table, and return its size in bytes.

    If ``BuildError`` is raised, ``dest`` stays as it was.
    """
    with replacing(dest) as part:
        table = {}
        for asset in assets:
            file = _put(asset, releases, registry, part)
            table[asset.url] = {"file": file, "sha256": digest(part / file)}
        (part / TABLE).write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        return sum(path.stat().st_size for path in part.rglob("*") if path.is_file())


def _put(asset: Asset, releases: Json, registry: Registry, folder: Path) -> str:
    """Put an asset into the folder, and return its path there."""
    if asset.blank:
        (folder / asset.blank).write_text(BLANKS[asset.blank], encoding="utf-8")
        return asset.blank
    release = releases[asset.key]
    top = f"{asset.package}@{release['version']}"
    place = (asset.package, release["version"], release["integrity"])
    wanted = (asset.path, f"{asset.path}.LICENSE.txt")

    def path_of(member: str) -> Path | None:
        name = member.partition("/")[2]
        return folder / top / name if name in wanted or TERMS.fullmatch(name) else None

    extract(npm.archive(*place, registry.url, registry.cache), path_of)
    if not (folder / top / asset.path).is_file():
        raise BuildError(f"There is no {asset.path} in {top}: choose a file that exists.")
    return f"{top}/{asset.path}"


def faults(folder: Path) -> list[str]:
    """Return the paths of files in a built folder that are missing or have changed."""
    return changed(folder, dict(entries(folder).values())) if entries(folder) else [TABLE]
