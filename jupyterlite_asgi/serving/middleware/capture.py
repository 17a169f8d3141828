"""Sends the output of apps to their logs, instead of below the cell that ran last.

A kernel has one ``sys.stdout``, which writes to whichever cell is running. While an app handles a
request, a context variable holds the app's log, and tasks that it creates inherit that.
``sys.stdout`` and ``sys.stderr`` look it up.
"""

from __future__ import annotations

import io
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TextIO, cast

from ...types import ASGIApp, Receive, Scope, Send

#: How many lines a log keeps.
LINES = 1000

#: How many characters of a line it keeps.
LENGTH = 10_000

#: How many characters it keeps in all, so that long lines push out more than one.
SIZE = 1_000_000


class AppLog:
    """The last lines that an app wrote; its ``repr`` is their text."""

    def __init__(self, lines: int = LINES) -> None:
        self._limit = lines
        self._lines: deque[str] = deque()
        self._size = 0
        self._open = ""  # the last line, if it has no line break yet

    def write(self, text: str) -> int:
        """Append ``text``; return its length, as streams do."""
        *ended, last = (self._open + text).split("\n")
        for line in ended:
            self._append(line[:LENGTH])
        self._open = last[:LENGTH]
        return len(text)

    def clear(self) -> None:
        """Remove all lines."""
        self._lines.clear()
        self._size = 0
        self._open = ""

    def _append(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)
        while len(self._lines) > self._limit or self._size > SIZE:
            self._size -= len(self._lines.popleft())

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        if self._open:
            yield self._open

    def __repr__(self) -> str:
        return "\n".join(self)


def capture(app: ASGIApp, log: AppLog) -> ASGIApp:
    """Middleware that writes the output of ``app`` and of tasks that it creates to ``log``.

    The lifespan's output stays in the cell that serves the app.
    """

    async def captured(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            _current.set(log)
            for name in ("stdout", "stderr"):
                setattr(sys, name, _routed(getattr(sys, name)))
        await app(scope, receive, send)

    return captured


def _routed(stream: TextIO | None) -> TextIO:
    """Return ``stream``, modified to write to the current log, if any.

    Logging handlers created in a cell keep the stream itself, so it is replaced only if it cannot
    be modified. It is None while a cell has redirected its output to nowhere.
    """
    if stream is None:
        return cast("TextIO", _StreamProxy(_Nowhere()))
    if isinstance(stream.write, _Route):
        return stream
    try:
        stream.write = _Route(stream.write)  # type: ignore[method-assign]
    except AttributeError:
        return cast("TextIO", _StreamProxy(stream))
    return stream


class _Nowhere(io.TextIOBase):
    """A stream that drops what it gets."""

    def write(self, text: str) -> int:
        return len(text)


class _Route:
    """The ``write`` of a stream: to the current log if there is one, else to the stream."""

    def __init__(self, write: Callable[[str], int]) -> None:
        self._write = write

    def __call__(self, text: str) -> int:
        log = _current.get()
        return self._write(text) if log is None else log.write(text)


class _StreamProxy:
    """A stream with another ``write``."""

    def __init__(self, stream: TextIO | _Nowhere) -> None:
        self._stream = stream
        self.write = _Route(stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_current: ContextVar[AppLog | None] = ContextVar("jupyterlite_asgi.log", default=None)
