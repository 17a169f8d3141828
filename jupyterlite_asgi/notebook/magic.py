"""Implements ``%asgi_serve`` and ``%asgi_stop``; ``serve_options`` declares their options.

Serving and stopping are coroutines. Where a cell may ``await``, a token transformer replaces the
magic with an ``await``, as the Pyodide kernel does for ``%pip``. Elsewhere (plain functions, cells
under a cell magic, ``%autoawait off``) they are ordinary magics that block until the coroutine
ends, which needs a browser with JSPI (``WebAssembly.Suspending``).
"""

from __future__ import annotations

import ast
import re
import tokenize
import traceback
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NamedTuple, TypeVar

from IPython.core.getipython import get_ipython
from IPython.core.inputtransformer2 import (
    TokenTransformBase,
    assemble_continued_line,
    find_end_of_continued_line,
)

from ..errors import ServeError
from ..serve_options import FLAGS, USAGE, Flag, Options
from ..serving.server import Server
from . import serve

TokensByLine = list[list[tokenize.TokenInfo]]

_Result = TypeVar("_Result")
_FRAMES_TO_EXPRESSION = 2
_AWAITED = {"asgi_serve": "serve_line", "asgi_stop": "stop_line"}
_NAME = re.compile(r"--([A-Za-z][\w-]*)")
_VALUE = re.compile(r"""(?:\s*=\s*|\s+)("[^"]*"|'[^']*'|[^\s"'#-][^\s#]*)""")
_OPTION_START = re.compile(r"(?:^|(?<=\s))--(?=[A-Za-z])|$")
_QUIET = {tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT}


class Arguments(NamedTuple):
    """The arguments of ``%asgi_serve``."""

    expression: str
    options: Options = Options()


def parse(line: str) -> Arguments:
    """Parse the arguments of ``%asgi_serve``: an expression, with options before or after it.

    Raises:
        ServeError: the line is invalid; the message has the correct syntax.
    """
    options: dict[str, Any] = {}
    line = _take_options(line, options)
    expression, rest = _split_expression(line)
    rest = _take_options(rest, options)
    if rest and not rest.startswith("#"):
        raise ServeError(_explain(rest))
    if not expression:
        raise ServeError(f"Say which app to serve, as in `%asgi_serve app`; usage: {USAGE}.")
    return Arguments(expression, Options(**options))


async def serve_line(line: str, value: Callable[[], object] | None = None) -> Server:
    """Run ``%asgi_serve line``.

    Args:
        line: the text after the magic's name.
        value: returns the value of its expression; None if the line could not be parsed.
    """
    arguments = parse(line)
    if value is None:
        raise ServeError(_explain(line))
    try:
        app = value()
    except NameError as error:
        if len(list(traceback.walk_tb(error.__traceback__))) > _FRAMES_TO_EXPRESSION:
            raise  # from a function that the expression called
        raise ServeError(
            f"There is no {error.name!r} in this notebook: "
            "run the cell that defines it first, or check the spelling."
        ) from None
    return await serve.serve_expression(app, *arguments)


async def stop_line(line: str) -> None:
    """Stop the app that ``%asgi_stop line`` names, or the only one."""
    await serve.registry.named(line.partition("#")[0].strip(" \t;\"'") or None).stop()


def serve_and_wait(line: str, local_ns: Mapping[str, Any]) -> Server:
    """Run ``serve_line`` where ``await`` is impossible, with the caller's variables."""
    expression = _expression_or_none(line)
    shell: Any = get_ipython()
    namespace = {**shell.user_ns, **local_ns}
    try:
        value = eval(f"lambda: ({expression})", namespace) if expression else None
    except SyntaxError:  # the expression has an await
        raise ServeError(
            "`await` does not work here: await the app at the top level of a cell, "
            "and serve the variable."
        ) from None
    return wait_for(serve_line(line, value))


def wait_for(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Return the result of a coroutine where ``await`` is impossible.

    Raises:
        ServeError: nothing can wait here; the message says what to write instead.
    """
    try:
        from pyodide.ffi import can_run_sync, run_sync
    except ImportError:
        from ..hosts.detect import find_host

        coroutine.close()
        find_host()
        raise
    if not can_run_sync():
        coroutine.close()
        raise ServeError(
            "This browser cannot wait inside a plain function: write "
            "`from jupyterlite_asgi import serve` and `await serve(app)` at the top level of a "
            "cell."
        )
    result: _Result = run_sync(coroutine)
    return result


class AwaitedMagic(TokenTransformBase):
    """Turns ``%asgi_serve …`` and ``%asgi_stop …`` into an ``await`` where that is allowed."""

    @classmethod
    def find(cls, tokens_by_line: TokensByLine) -> AwaitedMagic | None:
        """Return the first such magic that may become an ``await``, or None."""
        lines = [
            [token for token in line if token.string and token.type not in _QUIET]
            for line in tokens_by_line
        ]
        if not getattr(get_ipython(), "autoawait", True) or _is_cell_magic(lines):
            return None
        for index, line in enumerate(lines):
            percent = _find_percent(line)
            asks_for_help = line and line[-1].string == "?"
            if percent and not asks_for_help and _may_await(lines[:index], line[0].start[1]):
                return cls(percent.start)
        return None

    async def transform(self, lines: list[str]) -> list[str]:
        """Return the cell's lines with this magic replaced."""
        last = find_end_of_continued_line(lines, self.start_line)
        text = assemble_continued_line(lines, (self.start_line, self.start_col), last)
        name = next(name for name in _AWAITED if text.startswith(f"%{name}"))
        arguments = text.removeprefix(f"%{name}").strip()
        expression = _expression_or_none(arguments) if name == "asgi_serve" else None
        value = f", {_as_function(expression)}" if expression else ""
        module = "__import__('jupyterlite_asgi.notebook.magic').notebook.magic"
        call = f"await {module}.{_AWAITED[name]}({arguments!r}{value})"
        before = lines[self.start_line][: self.start_col]
        # Keep the number of lines, for line numbers in tracebacks.
        blank = ["\n"] * (last - self.start_line)
        return [*lines[: self.start_line], f"{before}{call}\n", *blank, *lines[last + 1 :]]


def _take_options(line: str, options: dict[str, Any]) -> str:
    """Move the options at the start of ``line`` into ``options``; return the rest."""
    line = line.strip()
    while match := _NAME.match(line):
        flag, rest = FLAGS.get(match[1]), line[match.end() :]
        if flag is None:
            raise ServeError(f"There is no option --{match[1]}: {USAGE}.")
        if not flag.placeholder:
            if rest.lstrip().startswith("="):
                raise ServeError(f"The option --{flag.name} takes no value: {USAGE}.")
            options[flag.field] = flag.value
        elif value := _VALUE.match(rest):
            options[flag.field] = _convert(flag, value[1].strip("\"'"))
            rest = rest[value.end() :]
        else:
            break
        line = rest.strip()
    return line


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
    raise ServeError(_explain(line))


def _explain(text: str) -> str:
    if option := _NAME.match(text):  # a known one, or `_take_options` would have raised
        return f"The option --{option[1]} needs a value: {USAGE}."
    if re.fullmatch(r"[\w.]+:\w+\s*", text):
        return "Use the app's variable, as in `%asgi_serve app`, instead of uvicorn's module:app."
    return f"`{text}` is not a Python expression: {USAGE}."


def _expression_or_none(line: str) -> str | None:
    """Return the expression in ``line``; None if invalid, which ``serve_line`` reports."""
    try:
        return parse(line).expression
    except ServeError:
        return None


def _as_function(expression: str) -> str:
    """Return the source of a function that returns the expression's value.

    A lambda cannot await, so an expression with ``await`` is evaluated as a default argument.
    """
    awaits = any(isinstance(node, ast.Await) for node in ast.walk(ast.parse(expression)))
    return f"lambda value=({expression}): value" if awaits else f"lambda: ({expression})"


def _is_cell_magic(tokens_by_line: TokensByLine) -> bool:
    strings = [token.string for line in tokens_by_line for token in line]
    return strings[:2] == ["%", "%"]


def _find_percent(line: list[tokenize.TokenInfo]) -> tokenize.TokenInfo | None:
    """Return the ``%`` of one of our magics, at the start of a line or after its ``=``."""
    for index, token in enumerate(line[:-1]):
        behind = index == 0 or line[index - 1].string == "="
        if behind and token.string == "%" and line[index + 1].string in _AWAITED:
            adjacent = token.end == line[index + 1].start
            return token if adjacent else None
    return None


def _may_await(before: TokensByLine, column: int) -> bool:
    """Return whether a line at ``column``, after the lines ``before``, may await."""
    for words in reversed(before):
        if not words or words[0].start[1] >= column:
            continue
        column = words[0].start[1]
        if words[0].string in ("def", "class"):
            return False
        if [word.string for word in words[:2]] == ["async", "def"]:
            return True
    return True
