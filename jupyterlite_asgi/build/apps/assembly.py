"""Puts together what is known of a published app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...serve_options import Options
from ..bundle import requirements
from ..errors import BuildError
from . import distributions, folder, imports, notebooks, scripts
from .fields import Fields, split
from .folder import SOURCES


@dataclass(frozen=True)
class PublishedApp:
    """An app, as its author declares it."""

    #: In the URL, ``<site>/asgi/<name>/``; valid by ``serve_options.is_name``.
    name: str
    title: str
    #: The script or notebook.
    source: Path
    #: What evaluates to the app in ``code``: an identifier, a dotted path, or a call; in a notebook
    #: whatever ``%asgi_serve`` takes, which may ``await``.
    expression: str
    #: The text of the module: the script, or the cells of the notebook. The cells may ``await`` at
    #: the top level.
    code: str
    #: In the syntax of PEP 508.
    requirements: tuple[str, ...]
    #: Each file on disk, and its path in the app's folder, with slashes; sorted by that path.
    files: tuple[tuple[Path, str], ...]
    icon: Path | None
    #: The path of the notebook that the shell links to, in the site's contents; empty if none.
    notebook: str
    #: Fields of ``serve_options.Options`` that differ from their defaults.
    options: Mapping[str, object]


def assemble(
    fields: Fields,
    base: Path,
    without: Sequence[Path],
    name: str = "",
    *,
    within: Path | None = None,
    shared: Sequence[Path] = (),
) -> PublishedApp:
    """Return the app of a declaration.

    Args:
        fields: the declaration.
        base: what its paths are relative to.
        without: files and folders that are never part of an app.
        name: the app's name; by default that in the fields or in the notebook, or the file's.
        within: the folder that paths may not leave; by default ``base``.
        shared: more files of the app.

    Raises:
        BuildError, ServeError: a field or a file is faulty; the message does not name the app.
    """
    within = within or base
    path, expression = split(fields.app)
    if not path.endswith(SOURCES):
        raise BuildError(f"{path} is neither a .py file nor a notebook: declare one of these.")
    source = folder.find_file(path, base, within)
    if source.suffix == ".ipynb":
        module = notebooks.read(source, path, expression)
    else:
        module = scripts.read(source, path)
    expression = expression or module.expression or "app"
    scripts.check_expression(expression, module, path)
    traced = imports.trace(module, source, path)
    own = folder.Contents(source.parent)
    if source.suffix == ".py":
        own.add(source)
    for file in (*traced.files, *shared):
        own.add(file)
    for each in fields.files:
        own.add_all(folder.find(each, base, within), within, without)
    name = name or fields.name or module.name or source.stem
    options = {**module.options, **fields.options}
    Options(name=name, **options)  # type: ignore[arg-type]
    return PublishedApp(
        name=name,
        title=fields.title or _title(name),
        source=source,
        expression=expression,
        code=module.code,
        requirements=_requirements(fields, base, module, traced),
        files=own.files(),
        icon=folder.find_file(fields.icon, base, within) if fields.icon else None,
        notebook=fields.notebook,
        options=options,
    )


def _requirements(
    fields: Fields, base: Path, module: scripts.Module, traced: imports.Imports
) -> tuple[str, ...]:
    """Return all requirements, or what the imports suggest if nobody has said any."""
    listed = fields.requirements
    if listed is None and module.requirements is None:
        return distributions.guess(traced)
    own = requirements.read(listed or (), base)
    return tuple(dict.fromkeys((*own, *(module.requirements or ()))))


def _title(name: str) -> str:
    words = name.replace("-", " ").replace("_", " ").strip() or name
    return words[0].upper() + words[1:]
