"""Follows the imports of an app: to modules beside it, and to packages that it requires."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import BuildError
from . import scripts
from .folder import expand


@dataclass
class Imports:
    """What an app and the modules beside it import."""

    #: The modules beside the app, and all files of the packages beside it.
    files: list[Path] = field(default_factory=list)
    #: The top-level names of all other modules, in the order of their imports.
    others: list[str] = field(default_factory=list)
    #: Every identifier in the source texts.
    words: set[str] = field(default_factory=set)


def trace(module: scripts.Module, source: Path, label: str) -> Imports:
    """Follow the imports of an app's module.

    Args:
        module: the module.
        source: its file, beside which modules are looked for.
        label: what messages call it.

    Raises:
        BuildError: it imports the package that it is part of, or a module beside it is not valid.
    """
    _check_not_in_package(module.tree, source, label)
    found = Imports()
    known = set(module.written)
    trees = [module.tree]
    while trees:
        tree = trees.pop(0)
        found.words.update(_words(tree))
        for name, is_needed in _imports(tree):
            if name in known or (tree is not module.tree and name == source.stem):
                continue
            files = _beside(name, source)
            if files:
                known.add(name)
                found.files += files
                trees += [scripts.read(path, path.name).tree for path in files if _is_code(path)]
            elif is_needed and name not in found.others:
                found.others.append(name)
    return found


def _check_not_in_package(tree: ast.Module, source: Path, label: str) -> None:
    package = source.parent.name
    for node in ast.walk(tree):
        relative = isinstance(node, ast.ImportFrom) and node.level > 0
        if relative or ((source.parent / "__init__.py").exists() and package in _roots(node)):
            raise BuildError(
                f"{label} imports from the package that it is part of: beside the folder "
                f"{package}, write a .py file with `from {package}.{source.stem} import app`, and "
                "declare that one."
            )


def _beside(name: str, source: Path) -> list[Path]:
    """Return the file of a module, or all files of a package, beside ``source``."""
    folder = source.parent
    package, module = folder / name, folder / f"{name}.py"
    if (package / "__init__.py").is_file() or (
        not module.is_file() and name not in sys.stdlib_module_names and any(package.glob("*.py"))
    ):
        return list(expand(package, folder, ()))
    return [module] if module.is_file() and module != source else []


def _is_code(path: Path) -> bool:
    return path.suffix == ".py"


def _words(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from node.module.split(".")


def _roots(node: ast.AST) -> list[str]:
    """Return the top-level modules that a statement imports absolutely."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def _imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield the name of each imported module, in order, and whether the app needs it."""
    stack: list[tuple[ast.AST, bool]] = [(tree, True)]
    while stack:
        node, is_needed = stack.pop()
        for name in _roots(node):
            yield name, is_needed
        optional = _optional(node)
        children = reversed(list(ast.iter_child_nodes(node)))
        stack.extend((child, is_needed and child not in optional) for child in children)


def _optional(node: ast.AST) -> list[ast.stmt]:
    """Return the statements in ``node`` that do not run, or that may fail to import."""
    if isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
    ):
        return node.body
    if isinstance(node, ast.Try) and any(map(_goes_on, node.handlers)):
        return node.body
    return []


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Return whether a program goes on without a module that it could not import."""
    caught = {node.id for node in ast.walk(handler.type or handler) if isinstance(node, ast.Name)}
    is_caught = not handler.type or caught & {"ImportError", "ModuleNotFoundError", "Exception"}
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    stops = any(
        isinstance(node, ast.Raise) or getattr(node, "id", getattr(node, "attr", "")) == "exit"
        for node in inside
    )
    return bool(is_caught) and not stops
