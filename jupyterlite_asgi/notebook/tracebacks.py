"""Tracebacks of the magics: the user's frames and lines, without ours."""

from __future__ import annotations

import contextlib
import functools
import linecache
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from IPython.core.getipython import get_ipython

_Result = TypeVar("_Result")
_Implementation = Callable[..., Coroutine[Any, Any, _Result]]

#: The name of this package.
_OURS = __name__.partition(".")[0]

#: How the code begins that stands in a cell for a magic.
CALL = "await __import__("


def show_own(magic: str) -> Callable[[_Implementation[_Result]], _Implementation[_Result]]:
    """Decorate the implementation of ``magic`` so that its errors show only the user's code."""

    def decorate(function: _Implementation[_Result]) -> _Implementation[_Result]:
        @functools.wraps(function)
        async def call(line: str, *args: Any, **kwargs: Any) -> _Result:
            try:
                return await function(line, *args, **kwargs)
            except Exception as error:
                if not hasattr(error, "_render_traceback_"):
                    with contextlib.suppress(AttributeError):  # it has __slots__
                        _set_renderer(error, functools.partial(_render, error, f"%{magic} {line}"))
                raise

        return call

    return decorate


def hide_ours(error: BaseException) -> None:
    """Let the traceback of ``error`` show none of our frames, not even the one that raises it."""
    _set_renderer(error, lambda: _format(error, _without_ours(error.__traceback__)))


def _set_renderer(error: BaseException, render: Callable[[], list[str]]) -> None:
    error._render_traceback_ = render  # type: ignore[attr-defined]  # IPython's hook


def _render(error: Exception, source: str) -> list[str]:
    """Return the lines of the traceback of ``error``, raised by the magic ``source``."""
    trace = error.__traceback__
    if trace is not None and not _is_ours(_last(trace)):
        trace = _without_ours(trace)
        _restore(trace, source)
    return _format(error, trace)


def _format(error: BaseException, trace: TracebackType | None) -> list[str]:
    shell: Any = get_ipython()
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, trace)
    return lines


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """Return ``trace`` without frames of ours, and of the function that has the expression."""
    steps: list[TracebackType] = []
    calls = False  # one of our functions called what comes next
    while trace is not None:
        ours = _is_ours(trace)
        if not (ours or (calls and trace.tb_frame.f_code.co_name == "<lambda>")):
            steps.append(trace)
        calls = ours
        trace = trace.tb_next
    for step in reversed(steps):
        trace = TracebackType(trace, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return trace


def _is_ours(trace: TracebackType) -> bool:
    return str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == _OURS


def _last(trace: TracebackType) -> TracebackType:
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _restore(trace: TracebackType | None, source: str) -> None:
    """Restore ``source`` in the text of its cell, which is shown in tracebacks."""
    while trace is not None:
        cell = linecache.cache.get(trace.tb_frame.f_code.co_filename)
        if cell is not None and len(cell) == 4:
            text = cell[2][trace.tb_lineno - 1 : trace.tb_lineno]
            if text and CALL in text[0]:
                cell[2][trace.tb_lineno - 1] = f"{text[0].partition(CALL)[0]}{source}\n"
        trace = trace.tb_next
