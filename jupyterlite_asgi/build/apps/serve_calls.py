"""Finds the call of ``serve()`` in a cell, in place of ``%asgi_serve``."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from ...errors import ServeError
from ...notebook.arguments import Arguments
from ...serve_options import Options
from ..errors import BuildError

_PACKAGE = "jupyterlite_asgi"


@dataclass(frozen=True)
class ServeCall:
    """A statement that serves an app."""

    statement: ast.stmt
    arguments: Arguments


class Calls:
    """The names that the cells so far have for ``serve()`` and for our package."""

    def __init__(self) -> None:
        self._functions: set[str] = set()
        self._packages: set[str] = set()

    def find(self, tree: ast.Module, cell: str) -> ServeCall | None:
        """Return the first statement of a cell that serves an app, or None.

        Args:
            tree: the cell.
            cell: what messages call it.

        Raises:
            BuildError: the call is in a function or block, or its arguments are not literals.
        """
        for node in ast.walk(tree):
            self._note(node)
        for statement in tree.body:
            nodes = ast.walk(statement)
            calls = [
                node for node in nodes if isinstance(node, ast.Call) and self._is_serve(node.func)
            ]
            if not calls:
                continue
            place = f"Line {calls[0].lineno} of {cell}"
            call = _plain(statement)
            if call is not calls[0]:
                raise BuildError(
                    f"{place} calls `serve()` where the build cannot follow: write "
                    "`%asgi_serve app` at the top level of a cell."
                )
            return ServeCall(statement, _arguments(calls[0], place))
        return None

    def _note(self, node: ast.AST) -> None:
        """Note the names that an import binds."""
        if isinstance(node, ast.ImportFrom) and node.module == _PACKAGE:
            self._functions |= {
                each.asname or each.name for each in node.names if each.name == "serve"
            }
        elif isinstance(node, ast.Import):
            self._packages |= {
                each.asname or each.name for each in node.names if each.name == _PACKAGE
            }

    def _is_serve(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return function.attr == "serve" and function.value.id in self._packages
        return isinstance(function, ast.Name) and function.id in self._functions


def _plain(statement: ast.stmt) -> ast.expr | None:
    """Return the value of an expression statement or an assignment, without its ``await``."""
    if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
        return None
    value = statement.value
    return value.value if isinstance(value, ast.Await) else value


def _arguments(call: ast.Call, place: str) -> Arguments:
    """Return the arguments of a call of ``serve()``."""
    given: dict[str, ast.expr] = {each.arg or "**": each.value for each in call.keywords}
    given |= dict(zip(("app", "name"), call.args, strict=False))
    app = given.pop("app", None)
    if app is None or isinstance(app, ast.Starred) or len(call.args) > 2:
        raise BuildError(f"{place} calls `serve()` without an app: write `await serve(app)`.")
    try:
        values: dict[str, Any] = {name: ast.literal_eval(each) for name, each in given.items()}
        options = Options(**values)
    except (ServeError, TypeError, ValueError) as error:
        why = str(error) if isinstance(error, ServeError) else "write plain values."
        raise BuildError(
            f"{place} calls `serve()` with options that the build cannot use: {why}"
        ) from error
    return Arguments(ast.unparse(app), options)
