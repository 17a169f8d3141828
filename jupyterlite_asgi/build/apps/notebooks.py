"""Reads the notebooks that are apps: the text of their cells, and what their metadata declare."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from reprlib import repr as short
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..errors import BuildError
from . import scripts
from .conversion import Conversion

#: The key of our part of a notebook's metadata.
_KEY = "jupyterlite_asgi"
#: Names that IPython gives to cells, and nobody to a module.
_IPYTHON = ("display", "get_ipython")


def read(path: Path, label: str, expression: str = "") -> scripts.Module:
    """Convert the code cells of a notebook, up to the one that serves its app, to a module.

    Each cell begins with a comment, ``# In [1]``, and keeps its lines. ``%asgi_serve EXPR`` or a
    plain ``await serve(EXPR)`` ends the module. Lines that install packages (``%pip install``,
    ``micropip.install``) become requirements, ``%%writefile`` becomes Python, and commands that
    mean nothing in an app are left out.

    Args:
        path: the notebook.
        label: what messages call it.
        expression: what evaluates to the app, if the notebook need not say it.

    Raises:
        BuildError: it is no notebook of Python, it serves nothing, or a line cannot be converted;
            the message names cell and line.
    """
    conversion = Conversion(label, path.parent)
    for source in _code_cells(path, label):
        if conversion.add(source):
            break
    if not conversion.expression and not expression:
        raise BuildError(
            f"{label} serves no app: add a cell with `%asgi_serve app`, or name the app, as in "
            f"{label}:app."
        )
    tree = scripts.parse(conversion.code, label, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    _check_names(tree, conversion)
    return scripts.Module(
        code=conversion.code,
        tree=tree,
        requirements=_requirements(conversion, tree),
        expression=conversion.expression,
        name=conversion.name,
        options=conversion.options,
        written=frozenset(conversion.written),
    )


def declared_in(notebook: Path) -> Mapping[str, object] | None:
    """Return what a notebook's metadata declare as an app; None if nothing.

    The metadata are ``{"jupyterlite_asgi": {"app": true}}``, or an object in place of ``true``,
    with the fields of a declaration except for ``app``, and a ``name``. Raises ``BuildError`` if it
    is neither. What is no notebook declares nothing.
    """
    declared = _declared(notebook)
    if declared is None or declared is False:
        return None
    if declared is not True and not isinstance(declared, dict):
        raise BuildError(
            f"The metadata of {notebook.name} declare the app {short(declared)}: write "
            f'"{_KEY}": {{"app": true}}, or an object of fields in place of true.'
        )
    return {} if declared is True else declared


def declares(notebook: Path) -> bool:
    """Return whether a notebook's metadata declare an app, maybe with faults."""
    return _declared(notebook) not in (None, False)


def _declared(notebook: Path) -> object:
    """Return what the metadata have as the app; None if nothing, or if it is no notebook."""
    try:
        metadata = _load(notebook).get("metadata")
    except BuildError:
        return None
    ours = metadata.get(_KEY) if isinstance(metadata, dict) else None
    return ours.get("app") if isinstance(ours, dict) else None


def _load(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BuildError(f"{path.name} is no notebook: save it by JupyterLab.") from error
    if not isinstance(notebook, dict):
        raise BuildError(f"{path.name} is no notebook: save it by JupyterLab.")
    return notebook


def _code_cells(path: Path, label: str) -> list[str]:
    notebook = _load(path)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise BuildError(f"{label} has no cells, or an old format: save it by JupyterLab.")
    metadata = notebook.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    language = info.get("name") if isinstance(info, dict) else None
    if language not in (None, "python", "ipython"):
        raise BuildError(f"{label} is written in {short(language)}: declare a notebook of Python.")
    sources: list[Any] = [
        cell.get("source")
        for cell in cells
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]
    try:
        return ["".join(source) for source in sources]
    except TypeError as error:
        raise BuildError(f"{label} has a cell without text: save it by JupyterLab.") from error


def _requirements(conversion: Conversion, tree: ast.Module) -> tuple[str, ...] | None:
    """Return the requirements; a notebook that installs some has IPython without asking."""
    if conversion.requirements is None:
        return None
    listed = list(conversion.requirements)
    known = {canonicalize_name(Requirement(each).name) for each in listed}
    imported = [
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return (*listed, *(["ipython"] if "IPython" in imported and "ipython" not in known else []))


def _check_names(tree: ast.Module, conversion: Conversion) -> None:
    """Raise ``BuildError`` if a cell uses what only IPython gives it."""
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and _is_bound(node)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    bound |= {getattr(node, "name", "") or "" for node in nodes}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in _IPYTHON and node.id not in bound:
            raise BuildError(
                f"`{node.id}` in {conversion.place(node.lineno)} is there in notebooks only: "
                "remove it, or declare a .py file."
            )


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
