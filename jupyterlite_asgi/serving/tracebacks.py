"""Tracebacks as an app's author reads them: with the names of cells, and without libraries."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

from .places import is_library, namer

#: How many frames of a traceback to format. In Pyodide a frame takes a millisecond, and endless
#: recursion leaves thousands.
_FRAMES = 200


def format_traceback(error: BaseException, *, own: bool = False) -> str:
    """Return the traceback of ``error``, with ``Cell In[3]`` for a notebook's cells.

    ``own`` leaves out frames in installed libraries, and the causes that have no others. Of a very
    long traceback, the innermost frames are returned.
    """
    name_of = namer()
    formatted = traceback.TracebackException.from_exception(error, limit=-_FRAMES)
    for each in _with_causes(formatted):
        if own:
            each.stack[:] = [frame for frame in each.stack if not is_library(frame.filename)]
        for frame in each.stack:
            frame.filename = name_of(frame.filename)
        if filename := getattr(each, "filename", None):  # of a syntax error
            each.filename = name_of(filename)
    if own:
        for each in _with_causes(formatted):
            _drop_foreign_causes(each)
    return "".join(formatted.format())


def summarize(error: BaseException) -> str:
    """Return the type and the message of ``error``, without its traceback and its notes."""
    formatted = traceback.TracebackException(type(error), error, None, compact=True)
    vars(formatted)["__notes__"] = None
    return "".join(formatted.format_exception_only()).strip()


def notes(error: BaseException) -> list[str]:
    """Return the notes of ``error`` (PEP 678)."""
    found = getattr(error, "__notes__", None)
    return [str(note) for note in found] if isinstance(found, list | tuple) else []


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error``, and those from which it arose, as far as its traceback shows them."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        yield cause
        seen.append(cause)
        context = None if cause.__suppress_context__ else cause.__context__
        cause = cause.__cause__ or context


def headline(error: BaseException) -> str:
    """Return the type and the message of ``error`` in one line."""
    lines = traceback.format_exception_only(type(error), error)
    # Those of a syntax error begin with its place, indented.
    return next(line for line in lines if not line.startswith(" ")).partition("\n")[0]


def innermost(error: BaseException) -> str:
    """Return the innermost place in the author's code, such as ``Cell In[3], line 7``, or nothing.

    The place of a syntax error is where the error is.
    """
    frames = [
        (frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        frames.append((error.filename, error.lineno))
    name_of = namer()
    for filename, line in reversed(frames):
        name = name_of(filename)
        if name != filename:
            return f"{name}, line {line}"
    return ""


def _with_causes(formatted: Any) -> Iterator[traceback.TracebackException]:
    """Yield what is shown of an exception, of its causes, and of the parts of a group."""
    yield formatted
    context = None if formatted.__suppress_context__ else formatted.__context__
    parts = getattr(formatted, "exceptions", None) or ()
    for other in filter(None, (formatted.__cause__ or context, *parts)):
        yield from _with_causes(other)


def _drop_foreign_causes(formatted: Any) -> None:
    for name in ("__cause__", "__context__"):
        cause = getattr(formatted, name)
        if cause is not None and not any(each.stack for each in _with_causes(cause)):
            setattr(formatted, name, None)
