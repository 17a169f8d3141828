"""Bundles a site's packages: wheels, the lock file by which Pyodide loads them, Pyodide's core.

Our own lock file records the resolution, so that builds are reproducible and query no index.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from .. import lock_file
from ..errors import BuildError, unusable
from ..files import digest, replacing, sized
from ..lock_file import Json
from ..names import is_version
from . import bytecode, pyodide
from .index import Index, Wheel
from .platform import Platform
from .resolver import resolve
from .wheels import imports, strip

KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""The packages that JupyterLite's Pyodide kernel loads at startup."""


@dataclass(frozen=True)
class Order:
    """What to bundle, and where to find it.

    ``pyodide`` is ``npm:VERSION``, a folder or an archive, or the URL of the one that the site
    uses. ``distribution`` is the URL of the packages that npm lacks; see ``from_npm``. ``without``
    names packages to leave out although others require them. ``bytecode`` is whether to compile
    what kernels import at startup; ``None`` to do so if that is possible.
    """

    asked: Sequence[str]
    wheels: Sequence[Path]
    pyodide: str | Path
    preload: Sequence[str]
    lock_file: Path
    cache: Path
    index_url: str
    registry: str
    distribution: str
    update: bool
    say: Callable[[str], None]
    needed: Sequence[str] = KERNEL
    without: Sequence[str] = ()
    bytecode: bool | None = None


def bundle(order: Order, dest: Path) -> None:
    """Fill ``dest`` with the packages in the lock file, which is written if needed.

    Packages are resolved if the lock file is missing, made for another order, or to be updated.
    The kernel's own then get the versions of Pyodide's distribution where possible. If
    ``BuildError`` is raised, ``dest`` and the lock file stay as they were.
    """
    try:
        known = lock_file.read(order.lock_file)
        lock = {} if order.update else known
        core = find_pyodide(order, lock.get("pyodide", {}))
        platform = Platform(core.lock)
        places = (order.wheels, core.folder, core.url, order.index_url)
        index = Index(platform, order.cache / "wheels", *places, order.say)
        terms = {
            "asked": sorted({*order.asked, *order.needed}),
            "pyodide": core.lock["info"] | core.origin,
            "wheels": {wheel.filename: wheel.sha256 for wheel in index.owned},
            "without": sorted(map(canonicalize_name, order.without)),
        }
        if "packages" not in lock or {key: lock.get(key, []) for key in terms} != terms:
            locked = {name: entry["version"] for name, entry in lock.get("packages", {}).items()}
            prefer = platform.versions(order.needed) | locked
            lock = terms | {"packages": resolve(terms["asked"], index, prefer, terms["without"])}
            lock |= {"assets": known["assets"]} if "assets" in known else {}
        for name in map(canonicalize_name, order.preload):
            if name not in lock["packages"]:
                raise BuildError(f"{name} is in `preload` but not in `packages`: add it there.")
        with lock_file.keeping(lock, order.lock_file):
            _gather(lock["packages"], index, core, order, dest)
    except OSError as error:
        raise unusable(error) from error


def find_pyodide(order: Order, known: Json) -> pyodide.Pyodide:
    """Return the Pyodide that the order names; ``known`` is the origin in the lock file."""
    if isinstance(order.pyodide, Path):
        return pyodide.at_path(order.pyodide, order.cache)
    if order.pyodide.startswith("npm:"):
        version = order.pyodide.removeprefix("npm:")
        return pyodide.from_npm(version, order.registry, order.distribution, order.cache, known)
    return pyodide.at_url(order.pyodide)


def _gather(
    locked: Mapping[str, Json], index: Index, core: pyodide.Pyodide, order: Order, dest: Path
) -> None:
    with replacing(dest) as part:
        packages = {name: _put(entry, index, part) for name, entry in locked.items()}
        lock = {"info": index.platform.lock["info"], "packages": packages}
        (part / pyodide.LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
        if size := core.copy_core(part):
            index.say(sized(size, "Pyodide"))
            if order.bytecode is not False:
                _compile(order, part)
        elif order.bytecode:
            raise BuildError("`bytecode` is for a site with its own Pyodide: set `pyodide`, too.")
        size = sum(path.stat().st_size for path in part.iterdir())
        index.say(sized(size, f"total, {len(packages)} packages"))


def _compile(order: Order, folder: Path) -> None:
    """Add bytecode to a folder with Pyodide; unless it was asked for, only say if that fails."""
    try:
        bytecode.add(folder, [*order.needed, *order.preload], order.cache, order.say)
    except BuildError as error:
        if order.bytecode:
            raise
        order.say(f"{error} Until then, each kernel compiles what it imports.")


def _put(entry: Json, index: Index, folder: Path) -> Json:
    """Copy a wheel into the folder, and return its entry in Pyodide's lock file."""
    wheel = Wheel(*(entry[key] for key in ("name", "version", "filename", "sha256", "kind")))
    out = folder / wheel.filename
    if wheel.kind == "stripped":
        out = folder / f"{'-'.join(wheel.filename.split('-')[:2])}-py3-none-any.whl"
    if out.exists() or out.name.lower() in (*pyodide.CORE, pyodide.LOCK):
        raise BuildError(f"The file name {out.name} is used twice: remove the lock file.")
    (strip if wheel.kind == "stripped" else shutil.copyfile)(index.path(wheel), out)
    site: Json = {"install_dir": "site", "package_type": "package"}
    if wheel.kind == "pyodide":
        site |= index.platform.packages.get(wheel.name, {})
    else:
        site |= {"imports": imports(out), "unvendored_tests": False}
    site |= {"name": wheel.name, "version": wheel.version, "file_name": out.name}
    newest = index.newest.get(wheel.name)
    note = ""
    if newest and wheel.kind != "own" and is_version(wheel.version):
        note = f" ({newest} is available)" if newest > Version(wheel.version) else ""
    index.say(sized(out.stat().st_size, f"{wheel.name} {wheel.version}{note}"))
    return site | {"sha256": digest(out), "depends": entry["depends"]}
