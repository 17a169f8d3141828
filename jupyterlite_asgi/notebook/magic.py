"""Implements ``%asgi_serve`` and ``%asgi_stop``.

Serving and stopping are coroutines. Where a cell may ``await``, a token transformer replaces the
magic with an ``await``, as the Pyodide kernel does for ``%pip``. Elsewhere (plain functions, cells
under a cell magic, ``%autoawait off``) they are ordinary magics that block until the coroutine
ends, which needs a browser with JSPI (``WebAssembly.Suspending``).
"""

from __future__ import annotations

import ast
import inspect
import re
import tokenize
import traceback
from collections.abc import Callable, Coroutine, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar

from IPython.core.getipython import get_ipython
from IPython.core.inputtransformer2 import (
    TokenTransformBase,
    assemble_continued_line,
    find_end_of_continued_line,
)
from IPython.utils.text import DollarFormatter

from ..errors import ServeError
from ..serving.server import Server
from . import serve
from .arguments import asks_for_help, explain, expression_of, is_silent, parse
from .needless import NEEDLESS
from .tracebacks import CALL, show_own
from .usage import usage

TokensByLine = list[list[tokenize.TokenInfo]]

_Result = TypeVar("_Result")
_FRAMES_TO_EXPRESSION = 2
_AWAITED = {"asgi_serve": "serve_line", "asgi_stop": "stop_line"}
_QUIET = {tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT}


@show_own("asgi_serve")
async def serve_line(
    line: str,
    value: Callable[[], object] | None = None,
    variables: Mapping[str, object] | None = None,
) -> Server | None:
    """Run ``%asgi_serve line``; return None if it asks for help.

    Args:
        line: the text after the magic's name.
        value: returns the value of its expression; None if the line could not be parsed.
        variables: the variables of the cell, to expand in the values of options.
    """
    if asks_for_help(line):
        print(usage())
        return None
    arguments = parse(line, partial(_expand, variables=variables or {}))
    for name in arguments.needless:
        print(f"--{name} has no effect: {NEEDLESS[name]}.")
    if value is None:
        raise ServeError(explain(line))
    try:
        app = value()
    except NameError as error:
        if len(list(traceback.walk_tb(error.__traceback__))) > _FRAMES_TO_EXPRESSION:
            raise  # from a function that the expression called
        raise ServeError(_undefined(error)) from None
    return await serve.serve_expression(app, arguments.expression, arguments.options)


@show_own("asgi_stop")
async def stop_line(line: str, variables: Mapping[str, object] | None = None) -> None:
    """Stop the app that ``%asgi_stop line`` names, or the only one; see ``serve_line``."""
    if asks_for_help(line):
        shell: Any = get_ipython()
        print(inspect.getdoc(shell.find_line_magic("asgi_stop")))
        return
    name = _expand(line.partition("#")[0].strip(" \t;\"'"), variables or {})
    if name.startswith("-"):
        raise ServeError(f"%asgi_stop has no option {name}: write `%asgi_stop NAME`.")
    await serve.registry.named(name or None).stop()


def serve_and_wait(line: str, local_ns: Mapping[str, Any]) -> Server | None:
    """Run ``serve_line`` where ``await`` is impossible, with the caller's variables."""
    expression = expression_of(line)
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
        expression = expression_of(arguments) if name == "asgi_serve" else None
        value = f", {_as_function(expression)}" if expression else ""
        if re.search(r"[{$]", arguments.replace(expression or "", "", 1)):
            value += ", variables=locals()"
        module = "'jupyterlite_asgi.notebook.magic').notebook.magic"
        call = f"{CALL}{module}.{_AWAITED[name]}({arguments!r}{value})"
        call += ";" if is_silent(arguments) else ""
        before = lines[self.start_line][: self.start_col]
        # Keep the number of lines, for line numbers in tracebacks.
        blank = ["\n"] * (last - self.start_line)
        return [*lines[: self.start_line], f"{before}{call}\n", *blank, *lines[last + 1 :]]


def _undefined(error: NameError) -> str:
    return (
        f"There is no {error.name!r} in this notebook: "
        "run the cell that defines it first, or check the spelling."
    )


def misspelt(name: str, magics: list[str]) -> ServeError:
    """Return the error for the magic ``name``, which is none of ``magics``."""
    # A lower cutoff would suggest `asgi_stop` for `asgi_start`.
    nearest = [*get_close_matches(name, magics, 1, 0.85), "asgi_serve"][0]
    return ServeError(f"There is no magic %{name}: did you mean %{nearest}?")


def _expand(text: str, variables: Mapping[str, object]) -> str:
    """Replace ``{expression}`` and ``$name`` as IPython does in other magics."""
    shell: Any = get_ipython()
    try:
        return DollarFormatter().vformat(text, (), {**shell.user_ns, **variables})
    except NameError as error:
        raise ServeError(_undefined(error)) from None
    except Exception:  # as IPython does, which leaves such a text as it is
        return text


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
