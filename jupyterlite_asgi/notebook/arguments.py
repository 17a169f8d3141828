"""Parses the line after ``%asgi_serve``; ``serve_options`` declares its options."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import ServeError
from ..serve_options import FLAGS, USAGE, Flag, Options
from .needless import NEEDLESS, WITH_VALUE

_NAME = re.compile(r"--([A-Za-z][\w-]*)")
_VALUE = re.compile(
    r"""(?:\s*=\s*|\s+)("[^"]*"|'[^']*'|(?!--)(?:\{[^}]*\}|[^\s"'#])(?:\{[^}]*\}|[^\s#])*)"""
)
_OPTION_START = re.compile(r"(?:^|(?<=\s))--(?=[A-Za-z])|$")
_SEMICOLON = re.compile(r""";\s*(?:#[^"']*)?$""")
_HELP = re.compile(r"(?:^|\s)(?:-h|--help)[\s;]*$")


class Arguments(NamedTuple):
    """The arguments of ``%asgi_serve``."""

    expression: str
    options: Options = Options()
    #: The names of options that have no effect.
    needless: tuple[str, ...] = ()


class _Line(NamedTuple):
    """A line, in parts."""

    expression: str
    #: The text of each option's value; of a flag, its value.
    values: dict[Flag, Any]
    needless: tuple[str, ...]


def parse(line: str, expand: Callable[[str], str] = str) -> Arguments:
    """Parse the arguments of ``%asgi_serve``: an expression, with options before or after it.

    Args:
        line: the line.
        expand: replaces the variables in an option's value.

    Raises:
        ServeError: the line is invalid; the message has the correct syntax.
    """
    expression, values, needless = _split(line)
    options: dict[str, Any] = {
        flag.field: _convert(flag, expand(value)) if flag.placeholder else value
        for flag, value in values.items()
    }
    return Arguments(expression, Options(**options), needless)


def expression_of(line: str) -> str | None:
    """Return the expression in ``line``; None if the line is invalid, as ``parse`` then says."""
    try:
        return _split(line).expression
    except ServeError:
        return None


def asks_for_help(line: str) -> bool:
    """Return whether ``line`` ends with ``-h`` or ``--help``."""
    return _HELP.search(line) is not None


def is_silent(line: str) -> bool:
    """Return whether ``line`` ends with a semicolon, so that its cell shows no result."""
    return _SEMICOLON.search(line) is not None


def explain(text: str) -> str:
    """Return a sentence that says why ``text`` is no valid line."""
    if option := _NAME.match(text):  # a known one, or `_take_options` would have raised
        return f"The option --{option[1]} needs a value: {USAGE}."
    if re.match(r"[\w.]+:\w+\s*(--|$)", text):
        return "Use the app's variable, as in `%asgi_serve app`, instead of uvicorn's module:app."
    return f"`{text}` is not a Python expression: {USAGE}."


def _split(line: str) -> _Line:
    values: dict[Flag, Any] = {}
    needless: list[str] = []
    line = _take_options(_SEMICOLON.sub("", line), values, needless)
    expression, rest = _split_expression(line)
    rest = _take_options(rest, values, needless)
    if rest and not rest.startswith("#"):
        raise ServeError(explain(rest))
    if not expression:
        raise ServeError(f"Say which app to serve, as in `%asgi_serve app`; usage: {USAGE}.")
    return _Line(expression, values, tuple(needless))


def _take_options(line: str, values: dict[Flag, Any], needless: list[str]) -> str:
    """Move the options at the start of ``line`` to where they belong; return the rest."""
    line = line.strip()
    while match := _NAME.match(line):
        name, rest = match[1], line[match.end() :]
        flag = FLAGS.get(name)
        if flag is None and name not in NEEDLESS:
            raise ServeError(_unknown(name))
        value = _VALUE.match(rest)
        if flag.placeholder if flag else name in WITH_VALUE:
            if value is None:
                break
            rest = rest[value.end() :]
        elif rest.lstrip().startswith("="):
            raise ServeError(f"The option --{name} takes no value: {USAGE}.")
        if flag is None:
            needless.append(name)
        else:
            values[flag] = value[1].strip("\"'") if flag.placeholder and value else flag.value
        line = rest.strip()
    return line


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    for option in get_close_matches(name, FLAGS, 1):
        return f"There is no option --{name}: did you mean --{option}?"
    return f"There is no option --{name}: {USAGE}."


def _convert(flag: Flag, value: str) -> object:
    try:
        return flag.kind(value)
    except ValueError:
        raise ServeError(f"--{flag.name} takes {flag.example}, not {value!r}.") from None


def _split_expression(line: str) -> tuple[str, str]:
    """Split ``line`` into the expression at its start and the options after it."""
    if line.startswith(("--", "#")) or not line:
        return "", line
    for match in _OPTION_START.finditer(line):
        try:
            head = line[: match.start()].strip()
            # In parentheses, so that options in a comment are not found.
            tree = ast.parse(f"({head})" if match[0] else head, mode="eval")
        except SyntaxError:
            continue
        return ast.unparse(tree), line[match.start() :]
    raise ServeError(explain(line))
