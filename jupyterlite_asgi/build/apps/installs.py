"""Finds the statements of a cell that install packages by micropip or piplite."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import BuildError
from ..names import are_texts

_INSTALLERS = ("micropip", "piplite")
#: Arguments that change nothing in a build.
_IGNORED = ("keep_going", "reinstall", "verbose")


@dataclass(frozen=True)
class Installs:
    """The statements that install packages, or only import what does."""

    statements: list[ast.stmt]
    #: The requirements; None if nothing is installed.
    lines: list[str] | None


def find(tree: ast.Module, cell: str) -> Installs:
    """Find the statements ``import micropip`` and ``await micropip.install(…)`` of a cell.

    Args:
        tree: the cell.
        cell: what messages call it.

    Raises:
        BuildError: an installer is used in another way than with literal requirements.
    """
    statements: list[ast.stmt] = []
    lines: list[str] | None = None
    for statement in _statements(tree):
        if _only_imports(statement):
            statements.append(statement)
        elif (listed := _listed(statement)) is not None:
            statements.append(statement)
            lines = [*(lines or ()), *listed]
    inside = {id(node) for statement in statements for node in ast.walk(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _INSTALLERS and id(node) not in inside:
            raise BuildError(
                f"Line {node.lineno} of {cell} uses {node.id} in a way that the build cannot read: "
                "write `%pip install NAME`."
            )
    return Installs(statements, lines)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements outside of functions and classes."""
    nodes: list[ast.AST] = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            nodes += reversed(list(ast.iter_child_nodes(node)))


def _only_imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and all(each.name in _INSTALLERS for each in node.names)


def _listed(node: ast.stmt) -> list[str] | None:
    """Return what a statement installs; None if it installs nothing, or nothing literal."""
    value = node.value if isinstance(node, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) not in _CALLS:
        return None
    if len(call.args) != 1 or any(each.arg not in _IGNORED for each in call.keywords):
        return None
    try:
        packages = ast.literal_eval(call.args[0])
    except ValueError:
        return None
    packages = [packages] if isinstance(packages, str) else packages
    return packages if are_texts(packages) else None


_CALLS = [f"{name}.install" for name in _INSTALLERS]
