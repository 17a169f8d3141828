"""What an app prints and logs goes to the app's log, not below the cell that ran last.

A kernel has one ``sys.stdout``, which writes to whichever cell is running. While a request is
answered its task carries the app's log as a context variable, which the tasks it creates inherit;
``sys.stdout`` and ``sys.stderr`` look it up.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TextIO, cast

from ...types import ASGIApp, Receive, Scope, Send

#: Lines that a log keeps; older ones go.
LINES = 1000

#: Characters that it keeps of one line.
LENGTH = 10_000


class AppLog:
    """The last lines that an app wrote; its ``repr`` is their text."""

    def __init__(self, lines: int = LINES) -> None:
        self._lines: deque[str] = deque(maxlen=lines)
        self._open = ""  # a line that is not ended yet

    def write(self, text: str) -> int:
        """Append ``text``; return how many characters that were, as streams do."""
        *ended, last = (self._open + text).split("\n")
        self._lines.extend(line[:LENGTH] for line in ended)
        self._open = last[:LENGTH]
        return len(text)

    def clear(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self._open = ""

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        if self._open:
            yield self._open

    def __repr__(self) -> str:
        return "\n".join(self)


def capture(app: ASGIApp, log: AppLog) -> ASGIApp:
    """Middleware that writes to ``log`` what ``app`` and the tasks it creates print and log.

    The lifespan's output stays in the cell that serves the app.
    """

    async def captured(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            _current.set(log)
            for name in ("stdout", "stderr"):
                setattr(sys, name, _routed(getattr(sys, name)))
        await app(scope, receive, send)

    return captured


def _routed(stream: TextIO) -> TextIO:
    """``stream``, changed so that it gives to the current log what an app writes.

    A logging handler that a cell has made holds on to the stream itself, so a stream in its place
    is the second choice, for those that cannot be changed.
    """
    if isinstance(stream.write, _Route):
        return stream
    try:
        stream.write = _Route(stream.write)  # type: ignore[method-assign]
    except AttributeError:
        return cast("TextIO", _Stand(stream))
    return stream


class _Route:
    """The ``write`` of a stream: the current log's where there is one, else its own."""

    def __init__(self, write: Callable[[str], int]) -> None:
        self._write = write

    def __call__(self, text: str) -> int:
        log = _current.get()
        return self._write(text) if log is None else log.write(text)


class _Stand:
    """Stands in place of a stream, with another ``write``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.write = _Route(stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_current: ContextVar[AppLog | None] = ContextVar("jupyterlite_asgi.log", default=None)
