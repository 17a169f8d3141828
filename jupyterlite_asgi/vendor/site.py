"""A site's packages: a folder with wheels, the lock file by which Pyodide loads them, its core.

A lock file of ours keeps what was decided: a build with it asks no index, and is the same again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from . import pyodide
from .errors import VendorError
from .library import Library, Wheel
from .resolver import resolve
from .target import Json, Target
from .wheels import digest, imports, strip

KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""What JupyterLite's Pyodide kernel loads when it starts."""


@dataclass(frozen=True)
class Order:
    """What a site is to have, and where it can be had.

    ``pyodide`` is ``npm:VERSION``, a folder or an archive, or the address of the one that the site
    uses. ``distribution`` is the address of the packages that npm's has not, see ``from_npm``.
    ``without`` names what is left out although packages ask for it.
    """

    asked: Sequence[str]
    wheels: Sequence[Path]
    pyodide: str | Path
    preload: Sequence[str]
    lock_file: Path
    cache: Path
    index: str
    registry: str
    distribution: str
    update: bool
    say: Callable[[str], None]
    needed: Sequence[str] = KERNEL
    without: Sequence[str] = ()


def vendor(order: Order, dest: Path) -> None:
    """Fill ``dest`` with what is ordered, as the lock file says, or decide and write that file.

    Decided is anew if the lock file is missing, to be updated, or was made for other terms. What
    the kernel needs is then had in the versions of Pyodide's distribution, if they fit.
    ``dest`` and that file are as they were until the new ones are whole. Raises ``VendorError``.
    """
    try:
        known = read_lock(order.lock_file)
        lock = {} if order.update else known
        core = find_pyodide(order, lock.get("pyodide", {}))
        target = Target(core.lock)
        places = (order.wheels, core.folder, core.url, order.index)
        library = Library(target, order.cache / "wheels", *places, order.say)
        terms = {
            "asked": sorted({*order.asked, *order.needed}),
            "pyodide": core.lock["info"] | core.origin,
            "wheels": {wheel.filename: wheel.sha256 for wheel in library.owned},
            "without": sorted(map(canonicalize_name, order.without)),
        }
        if {key: lock.get(key, []) for key in terms} != terms:
            locked = {name: entry["version"] for name, entry in lock.get("packages", {}).items()}
            prefer = target.versions(order.needed) | locked
            lock = terms | {"packages": resolve(terms["asked"], library, prefer, terms["without"])}
            lock |= {"assets": known["assets"]} if "assets" in known else {}
        for name in map(canonicalize_name, order.preload):
            if name not in lock["packages"]:
                raise VendorError(f"{name} is to be preloaded, and nobody asks for it: add it.")
        with keeping(lock, order.lock_file):
            _gather(lock["packages"], library, core, dest)
    except OSError as error:
        raise unusable(error) from error


def unusable(error: OSError) -> VendorError:
    """What is told of a place that cannot be read or written."""
    told = f"{error.filename} cannot be used ({error.strerror}): choose another place."
    return VendorError(told)


def read_lock(path: Path) -> Json:
    """Return what a lock file of ours holds, nothing if there is none."""
    if not path.exists():
        return {}
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise VendorError(f"{path.name} cannot be read: remove it.") from error
    if not isinstance(lock, dict):
        raise VendorError(f"{path.name} is no lock file of ours: remove it.")
    return lock


@contextmanager
def keeping(lock: Json, path: Path) -> Iterator[None]:
    """Write a lock file, which has its name once all within is done."""
    text = json.dumps(lock, indent=1) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        yield
        return
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        yield
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def find_pyodide(order: Order, known: Json) -> pyodide.Pyodide:
    """Return the Pyodide that is ordered; ``known`` is the origin of an earlier one."""
    if isinstance(order.pyodide, Path):
        return pyodide.at_path(order.pyodide, order.cache)
    if order.pyodide.startswith("npm:"):
        version = order.pyodide.removeprefix("npm:")
        return pyodide.from_npm(version, order.registry, order.distribution, order.cache, known)
    return pyodide.at_url(order.pyodide)


def _gather(
    locked: Mapping[str, Json], library: Library, core: pyodide.Pyodide, dest: Path
) -> None:
    part = dest.with_name(f"{dest.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        packages = {name: _put(entry, library, part) for name, entry in locked.items()}
        lock = {"info": library.target.lock["info"], "packages": packages}
        (part / pyodide.LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
        if size := core.copy_core(part):
            library.say(sized(size, "Pyodide"))
        size = sum(path.stat().st_size for path in part.iterdir())
        library.say(sized(size, f"in all, with {len(packages)} packages"))
        shutil.rmtree(dest, ignore_errors=True)
        part.replace(dest)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put(entry: Json, library: Library, folder: Path) -> Json:
    """Copy a wheel into the folder, and return its entry in Pyodide's lock file."""
    wheel = Wheel(**{key: value for key, value in entry.items() if key != "depends"})
    out = folder / wheel.filename
    if wheel.kind == "stripped":
        out = folder / f"{'-'.join(wheel.filename.split('-')[:2])}-py3-none-any.whl"
    (strip if wheel.kind == "stripped" else shutil.copyfile)(library.path(wheel), out)
    site: Json = {"install_dir": "site", "package_type": "package"}
    if wheel.kind == "pyodide":
        site |= library.target.packages[wheel.name]
    else:
        site |= {"imports": imports(out), "unvendored_tests": False}
    site |= {"name": wheel.name, "version": wheel.version, "file_name": out.name}
    newest = library.newest.get(wheel.name, Version("0"))
    older = wheel.kind != "own" and Version(wheel.version) < newest
    note = f" (there is {newest})" if older else ""
    library.say(sized(out.stat().st_size, f"{wheel.name} {wheel.version}{note}"))
    return site | {"sha256": digest(out), "depends": entry["depends"]}


def sized(size: int, what: str) -> str:
    """What is said of a size in bytes."""
    return f"{size / 1024:9.0f} KiB  {what}"


def faults(folder: Path) -> list[str]:
    """Return the names of files that are not as the lock file of a built folder says."""
    lock = folder / pyodide.LOCK
    if not lock.is_file():
        return [lock.name]
    files = {
        package["file_name"]: package["sha256"]
        for package in json.loads(lock.read_text(encoding="utf-8"))["packages"].values()
    }
    return sorted(
        name
        for name, sha256 in files.items()
        if not (folder / name).is_file() or digest(folder / name) != sha256
    )
