"""What Python's file system holds for a published app: its own files, its packages, and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ..bundle.pyodide import CORE
from ..bundle.site import Resolution
from ..errors import BuildError
from . import wheels
from .assembly import PublishedApp
from .licenses import licenses
from .resolve import packages_of
from .shadowing import shadowed

APP, LIB = "/app", "/app/lib"
"""The folders of an app's own files, and of packages, in Python's file system."""

STDLIB = CORE[3]
"""The zip file with the standard library, as Pyodide has it."""

_NEEDLESS = ("build", "labextension", "notebook", "static", "__pycache__", "cli.py", "py.typed")
"""The parts of our own package that serving does not need."""


@dataclass(frozen=True)
class Contents:
    """All that an app consists of.

    ``app`` is what ``jupyterlite_asgi.published.load()`` takes. ``files`` are sources and data, by
    their paths in Python's file system. ``libraries`` are extension modules, with their paths,
    dependencies first. ``core`` is a folder with Pyodide's core, ``info`` is from its lock file.
    ``licenses`` is a text with those of all that is not the author's.
    """

    app: Mapping[str, object]
    files: Mapping[str, bytes]
    libraries: Sequence[tuple[str, bytes]]
    core: Path
    info: Mapping[str, str]
    licenses: bytes = b""

    @property
    def stdlib(self) -> bytes:
        """The zip file with Python's standard library, as Pyodide has it."""
        return (self.core / STDLIB).read_bytes()


@dataclass(frozen=True)
class Prepared:
    """An app's files as visitors get them.

    ``first`` are the files that the app needs to start, ``rest`` the others. ``stdlib`` is a zip
    file. ``snapshot`` are the head and the data of a copy of Python's memory. ``warnings`` are
    sentences for the author. ``preload`` are names of modules that requests import.
    """

    first: Mapping[str, bytes]
    rest: Mapping[str, bytes]
    stdlib: bytes
    snapshot: tuple[bytes, bytes] | None = None
    warnings: list[str] = field(default_factory=list)
    preload: Sequence[str] = ()


Prepare = Callable[[Contents], Prepared]
"""Runs an app and returns its files trimmed and compiled; raises ``BuildError`` if it fails."""


def unprepared(contents: Contents) -> Prepared:
    """Return an app's files as they are."""
    return Prepared(contents.files, {}, contents.stdlib)


def collect(app: PublishedApp, decided: Resolution) -> Contents:
    """Return the contents of an app; raise ``BuildError`` if its modules hide others."""
    assert decided.core, "the order names a Pyodide with its core"
    packages, libraries = dict[str, bytes](), dict[str, bytes]()
    entries = packages_of(app, decided)
    for entry in entries:
        for path, data in wheels.unpacked(entry, decided.index):
            (libraries if path.endswith(".so") else packages)[f"{LIB}/{path}"] = data
    packages |= {f"{LIB}/{path}": data for path, data in _ours()}
    own, module = _own(app)
    if hidden := shadowed(own, [*packages, *libraries]):
        path, owner = hidden
        raise BuildError(f"App {app.name}: the module {path} hides one of {owner}: rename it.")
    return Contents(
        app={
            "name": app.name,
            "module": module,
            "expression": app.expression,
            "options": dict(app.options),
        },
        files=dict(sorted((packages | own).items())),
        libraries=wheels.ordered(libraries),
        core=decided.core,
        info=decided.pyodide.lock["info"],
        licenses=licenses(app.name, entries, decided),
    )


def _own(app: PublishedApp) -> tuple[dict[str, bytes], str]:
    """Return an app's own files, and which of them is its module."""
    found: dict[str, bytes] = {}
    module = ""
    for file, path in app.files:
        try:
            found[f"{APP}/{path}"] = file.read_bytes()
        except OSError as error:
            raise BuildError(
                f"App {app.name}: {file} cannot be read ({error.strerror}): check the file."
            ) from error
        if file == app.source and file.suffix == ".py":
            module = f"{APP}/{path}"
    if not module:
        # Not the notebook's own name, which is often that of the framework that it shows.
        module = f"{APP}/{app.source.stem}_cells.py"
        if module in found:
            raise BuildError(
                f"App {app.name}: the notebook's code goes to {app.source.stem}_cells.py, which "
                "exists: rename one of them."
            )
        found[module] = app.code.encode()
    return found, module


def _ours() -> Iterator[tuple[str, bytes]]:
    """Yield what serving needs of our own package."""
    package = files("jupyterlite_asgi")
    script = package / "static" / "kernel.js"
    if not script.is_file():
        raise BuildError(
            "This copy of jupyterlite-asgi lacks its front end: run `jlpm build` in its checkout, "
            "or install a release."
        )
    yield "jupyterlite_asgi/static/kernel.js", script.read_bytes()
    for part in package.iterdir():
        if part.name not in _NEEDLESS:
            yield from _sources(part, "jupyterlite_asgi")


def _sources(file: Traversable, folder: str) -> Iterator[tuple[str, bytes]]:
    path = f"{folder}/{file.name}"
    if file.is_dir() and file.name != "__pycache__":
        for child in file.iterdir():
            yield from _sources(child, path)
    elif file.name.endswith(".py"):
        yield path, file.read_bytes()
