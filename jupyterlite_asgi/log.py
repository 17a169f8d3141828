"""What an app's requests print, log and raise belongs to the app, not to the cell that ran last.

A kernel has one ``sys.stdout``, which writes to whichever cell is running. While a request is
answered its task carries the app's log as a context variable, which the tasks that it makes
inherit; a stream in place of ``sys.stdout`` and ``sys.stderr`` asks for it.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, TextIO

#: Lines that a log keeps; older ones go.
LINES = 1000


class AppLog:
    """The last lines that an app wrote; its ``repr`` is their text."""

    def __init__(self, lines: int = LINES) -> None:
        self._lines: deque[str] = deque(maxlen=lines)
        self._open = ""  # a line that is not ended yet

    def write(self, text: str) -> int:
        """Append ``text``; return how many characters that were, as streams do."""
        *ended, self._open = (self._open + text).split("\n")
        self._lines.extend(ended)
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


def belongs_to(log: AppLog) -> None:
    """From here on what this task and those that it makes write is the log's."""
    _current.set(log)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Routed):
            setattr(sys, name, _Routed(stream))


class _Routed:
    """A text stream that gives to the current log what an app writes, and all else to a cell."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        log = _current.get()
        return self._stream.write(text) if log is None else log.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_current: ContextVar[AppLog | None] = ContextVar("jupyterlite_asgi.log", default=None)
