"""Reads the source text of apps."""

from __future__ import annotations

import ast
import builtins
import sys
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from ..bundle import requirements
from ..errors import BuildError
from . import inline

#: What creates an app, in the frameworks that people use most.
_MAKERS = frozenset(
    [
        "Bottle",
        "Dash",
        "Datasette",
        "Falcon",
        "FastAPI",
        "Flask",
        "Litestar",
        "Microdot",
        "Quart",
        "Sanic",
        "Starlette",
        "get_asgi_application",
        "get_wsgi_application",
    ]
)
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
#: Functions that may define names which the text does not show.
_HIDING = frozenset(("exec", "globals", "locals", "setattr", "vars"))


@dataclass(frozen=True)
class Module:
    """The text of an app's module, and what it says about the app."""

    code: str
    tree: ast.Module
    #: None if the text says nothing about requirements.
    requirements: tuple[str, ...] | None = None
    #: What the notebook serves, and how; empty in a script.
    expression: str = ""
    name: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    #: The names of modules that the notebook writes as files.
    written: frozenset[str] = frozenset()


def read(path: Path, label: str) -> Module:
    """Read a script, with its inline metadata (PEP 723).

    Args:
        path: the script.
        label: what messages call it.

    Raises:
        BuildError: the script is not valid Python, or its metadata are faulty.
    """
    try:
        with tokenize.open(path) as file:
            code = file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise BuildError(f"{label} cannot be read as text: save it in UTF-8.") from error
    tree = parse(code, label)
    found = inline.dependencies(code, label)
    listed = None if found is None else tuple(requirements.read(found, path.parent))
    return Module(code, tree, listed)


def parse(code: str, label: str, flags: int = 0) -> ast.Module:
    """Parse Python; raise ``BuildError`` with the line of a mistake.

    Args:
        code: the text.
        label: what messages call it.
        flags: as in ``compile()``, such as ``ast.PyCF_ALLOW_TOP_LEVEL_AWAIT``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
            # The compiler finds mistakes that the parser does not.
            compile(code, label, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        raise BuildError(
            f"Line {error.lineno} of {label} is not valid Python {version} ({error.msg}): correct "
            "it, or build with the Python that it needs."
        ) from error
    except ValueError as error:
        raise BuildError(f"{label} is not valid Python ({error}): correct it.") from error
    except (RecursionError, MemoryError) as error:
        raise BuildError(
            f"{label} cannot be parsed, because it is nested too deeply: write it simpler."
        ) from error
    return tree


def check_expression(expression: str, module: Module, label: str) -> None:
    """Raise ``BuildError`` if the module visibly lacks what the expression begins with."""
    name = _root(expression)
    known = names(module.tree)
    if not name or known is None or name in known or hasattr(builtins, name):
        return
    nearest = [*_apps(module.tree), *get_close_matches(name, known, 1)]
    example = f"{label}:{nearest[0]}" if nearest else f"{label}:NAME"
    define = "" if nearest else "define it, or "
    raise BuildError(f"{label} has no `{name}`: {define}name the app in it, as in {example}.")


def is_expression(text: str) -> bool:
    """Return whether ``text`` is an identifier, a dotted path, or a call of one."""
    return bool(_root(text))


def names(tree: ast.Module) -> set[str] | None:
    """Return the names that a module binds at its top level; None if that cannot be known."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found.update(node.names)
        elif isinstance(node, ast.NamedExpr):
            found.add(node.target.id)
        elif isinstance(node, ast.Name) and node.id in _HIDING:
            return None
    for node in _top_level(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return None
        found.update(_bound(node))
    return found


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that ``node`` itself binds."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes outside of functions, classes and comprehensions."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _SCOPES) and not _is_annotation(node):
            stack += ast.iter_child_nodes(node)


def _is_annotation(node: ast.AST) -> bool:
    """Return whether ``node`` is like ``app: FastAPI``, which binds nothing."""
    return isinstance(node, ast.AnnAssign) and node.value is None


def _root(expression: str) -> str:
    """Return the first identifier of a dotted path, or of a call of one; else an empty string."""
    try:
        node: ast.expr = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if isinstance(node, ast.Call):
        node = node.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _apps(tree: ast.Module) -> Iterator[str]:
    """Yield the variables that hold a new app of a known framework."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function, target = node.value.func, node.targets[0]
            maker = getattr(function, "id", getattr(function, "attr", ""))
            if maker in _MAKERS and isinstance(target, ast.Name):
                yield target.id
