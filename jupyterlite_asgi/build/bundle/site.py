"""Bundles a site's packages: wheels, the lock file by which Pyodide loads them, Pyodide's core.

Our own lock file records the resolution, so that builds are reproducible and query no index.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    names packages to leave out although others require them. Without a ``lock_file`` nothing is
    recorded. ``askers`` names the apps that have some of the requirements, for error messages.
    ``core`` is the version of the npm package that has Pyodide's core, if that is needed although
    ``pyodide`` is a URL. ``bytecode`` is whether to
    compile what kernels import at startup; ``None`` to do so if that is possible.
    """

    asked: Sequence[str]
    wheels: Sequence[Path]
    pyodide: str | Path
    preload: Sequence[str]
    lock_file: Path | None
    cache: Path
    index_url: str
    registry: str
    distribution: str
    update: bool
    say: Callable[[str], None]
    needed: Sequence[str] = KERNEL
    without: Sequence[str] = ()
    bytecode: bool | None = None
    askers: Mapping[str, str] = field(default_factory=dict)
    core: str = ""


@dataclass(frozen=True)
class Resolution:
    """The decided packages: the contents of the lock file, where the wheels are, and Pyodide.

    ``core`` is a folder with Pyodide's core, ``None`` if it was not asked for and is elsewhere.
    """

    lock: Json
    index: Index
    pyodide: pyodide.Pyodide
    core: Path | None

    @property
    def packages(self) -> dict[str, Json]:
        """The entries of the packages, by canonical names."""
        return dict(self.lock["packages"])


def bundle(order: Order, dest: Path) -> Resolution:
    """Fill ``dest`` with the packages in the lock file, which is written if needed.

    If ``BuildError`` is raised, ``dest`` and the lock file stay as they were.
    """
    with deciding(order) as decided:
        for name in map(canonicalize_name, order.preload):
            if name not in decided.packages:
                raise BuildError(f"{name} is in `preload` but not in `packages`: add it there.")
        _gather(decided.packages, decided.index, decided.pyodide, order, dest)
    return decided


@contextmanager
def deciding(order: Order) -> Iterator[Resolution]:
    """Yield the packages for an order; keep them in the lock file if the block succeeds.

    Packages are resolved if the lock file is missing, made for another order, or to be updated.
    The needed ones then get the versions of Pyodide's distribution where possible. Raises
    ``BuildError``.
    """
    try:
        decided = _decide(order, lock_file.read(order.lock_file) if order.lock_file else {})
        if order.lock_file is None:
            yield decided
        else:
            with lock_file.keeping(decided.lock, order.lock_file):
                yield decided
    except OSError as error:
        raise unusable(error) from error


def _decide(order: Order, known: Json) -> Resolution:
    """Decide by what is ``known`` from the lock file, if that is not to be ignored."""
    lock = {} if order.update else known
    found = find_pyodide(order, lock.get("pyodide", {}))
    platform = Platform(found.lock)
    places = (order.wheels, found.folder, found.url, order.index_url)
    index = Index(platform, order.cache / "wheels", *places, order.say)
    terms = {
        "asked": sorted({*order.asked, *order.needed}),
        "pyodide": found.lock["info"] | found.origin,
        "wheels": {wheel.filename: wheel.sha256 for wheel in index.owned},
        "without": sorted(map(canonicalize_name, order.without)),
    }
    packages = lock.get("packages")
    if packages is None or {key: lock.get(key, []) for key in terms} != terms:
        locked = {name: entry["version"] for name, entry in (packages or {}).items()}
        prefer = platform.versions(order.needed) | locked
        packages = resolve(terms["asked"], index, prefer, terms["without"], order.askers)
    core = _core(order, found, lock.get("core", {}))
    decided = terms | {"packages": packages}
    decided |= {"core": core.origin} if core and core is not found else {}
    decided |= {"assets": known["assets"]} if "assets" in known else {}
    return Resolution(decided, index, found, core.folder if core else None)


def _core(order: Order, found: pyodide.Pyodide, known: Json) -> pyodide.Pyodide | None:
    """Return the Pyodide with the core of the one that was found."""
    if found.folder or not order.core:
        return found if found.folder else None
    core = pyodide.from_npm(order.core, order.registry, "", order.cache, known)
    if core.lock["info"] != found.lock["info"]:
        raise BuildError(
            f"The Pyodide at {found.url} is not {order.core}, whose core the apps would get: pass "
            "the site's to --asgi-pyodide."
        )
    return core


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
