"""Reads the declarations of published apps, and checks what needs no network."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from reprlib import repr as short

from ...errors import ServeError
from ...serve_options import Options
from ..errors import BuildError, unusable
from . import folder, imports, notebooks, scripts
from .assembly import PublishedApp, assemble
from .fields import Fields, split

__all__ = [
    "PublishedApp",
    "check_distinct",
    "read",
    "read_notebook",
    "read_notebooks",
    "read_source",
]


def read(
    declared: Mapping[str, object] | str, base: Path, without: Sequence[Path] = ()
) -> list[PublishedApp]:
    """Return the apps that ``AsgiAddon.apps`` declares.

    Requirements are those of the declaration, of a script's inline metadata (PEP 723) and of a
    notebook's ``%pip`` lines. If none of them is there, they are guessed from the imports; see
    ``distributions.guess``.

    Args:
        declared: by name, an app's fields or the path of its source; or the path of one source, or
            of a folder in which each script and notebook is an app, and all else is their data.
        base: what the paths are relative to, and may not leave.
        without: files and folders that are never part of an app, such as the built site.

    Raises:
        BuildError: a declaration or a file is faulty; the message names the app.
    """
    if isinstance(declared, str):
        apps = _read_path(declared, base, without)
    elif isinstance(declared, Mapping):
        apps = []
        for name, value in declared.items():
            with _naming(str(name)):
                Options(name=name)
                fields = Fields.check({"app": value} if isinstance(value, str) else value)
                apps.append(assemble(fields, base, without, str(name)))
    else:
        raise BuildError(
            "`apps` takes a folder of apps or an object, as in "
            f'{{"shop": "apps/shop.py"}}, not {short(declared)}.'
        )
    check_distinct(apps)
    return apps


def read_notebook(path: Path, base: Path, place: str) -> PublishedApp:
    """Return the app that a notebook's metadata declare.

    Args:
        path: the notebook, to whose folder the paths in its metadata are relative.
        base: the folder that these paths may not leave.
        place: the notebook's path in the site's contents, which the shell links to.

    Raises:
        BuildError: as ``read`` does.
    """
    with _naming(path.stem):
        fields = Fields.of_file(path.name, path)
        fields = replace(fields, notebook=fields.notebook or place)
        return assemble(fields, path.parent, (), within=base)


def read_notebooks(contents: Iterable[Path]) -> dict[str, PublishedApp]:
    """Return the apps that notebooks in the site's contents declare in their metadata, by name.

    Args:
        contents: the files and folders that become the site's contents; of files with the same
            path in the site, the last counts.

    Raises:
        BuildError: a declaration is faulty, or two have the same name.
    """
    found: dict[str, tuple[Path, Path]] = {}
    for root in contents:
        files = sorted(root.rglob("*.ipynb")) if root.is_dir() else [root]
        for path in files:
            inside = path.relative_to(root) if root.is_dir() else Path(path.name)
            if path.suffix == ".ipynb" and not any(part[0] == "." for part in inside.parts):
                found[inside.as_posix()] = (path, root if root.is_dir() else root.parent)
    apps = [
        read_notebook(path, root, place)
        for place, (path, root) in sorted(found.items())
        if notebooks.declares(path)
    ]
    check_distinct(apps)
    return {app.name: app for app in apps}


def read_source(
    path: Path,
    expression: str,
    given: Mapping[str, object],
    within: Path,
    without: Sequence[Path] = (),
) -> PublishedApp:
    """Return the app of a script or notebook.

    Args:
        path: the source, to whose folder paths are relative.
        expression: what evaluates to the app; by default ``app``, or what the notebook serves.
        given: fields of a declaration and a ``name``; they replace those of a notebook's metadata.
        within: the folder that paths may not leave.
        without: as in ``read``.

    Raises:
        BuildError: as ``read`` does.
    """
    with _naming(str(given.get("name", path.stem))):
        app = f"{path.name}:{expression}" if expression else path.name
        return assemble(Fields.of_file(app, path, given), path.parent, without, within=within)


def check_distinct(apps: Sequence[PublishedApp]) -> None:
    """Raise ``BuildError`` if two apps have the same URL, maybe only on some file systems."""
    known: dict[str, PublishedApp] = {}
    for app in apps:
        other = known.setdefault(app.name.lower(), app)
        if other is not app:
            raise BuildError(
                f"App {app.name}: {app.source.name} and {other.source.name} would have the same "
                "URL: choose a name that differs in more than its case."
            )


def _read_path(path: str, base: Path, without: Sequence[Path]) -> list[PublishedApp]:
    """Read the apps of a folder, or a single one."""
    if split(path)[0].endswith(folder.SOURCES):
        with _naming(Path(split(path)[0]).stem):
            file = folder.find(split(path)[0], base)
            return [assemble(Fields.of_file(path, file), base, without)]
    found = folder.find(path, base)
    with _naming(found.name):
        sources = folder.sources(found)
        data = folder.data(found, base, without)
    if not sources:
        raise BuildError(f"{found.name} has no app: put a .py file or a notebook into that folder.")
    helpers = _helpers(sources)
    apps = []
    for source in (each for each in sources if each not in helpers):
        with _naming(source.stem):
            fields = Fields.of_file(source.name, source)
            apps.append(assemble(fields, found, without, within=base, shared=data))
    return apps


def _helpers(sources: Sequence[Path]) -> set[Path]:
    """Return the scripts that have no ``app`` and that another source imports."""
    imported: set[Path] = set()
    modules = {}
    for path in sources:
        with _naming(path.stem):
            reader = notebooks.read if path.suffix == ".ipynb" else scripts.read
            modules[path] = reader(path, path.name)
            imported.update(imports.trace(modules[path], path, path.name).files)
    return {path for path in imported & set(modules) if not _may_have_app(modules[path].tree)}


def _may_have_app(tree: ast.Module) -> bool:
    names = scripts.names(tree)
    return names is None or "app" in names


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Name the app in errors."""
    try:
        yield
    except (BuildError, ServeError) as error:
        raise BuildError(f"App {name}: {error}") from error
    except OSError as error:
        raise BuildError(f"App {name}: {unusable(error)}") from error
