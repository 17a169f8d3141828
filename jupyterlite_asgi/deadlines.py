"""Deadlines of which most are never reached, such as that of each request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable


class Deadlines:
    """Calls back for what is not done in time.

    One timer serves them all: Pyodide's loop keeps a timer that was cancelled, and what it refers
    to, until it would have been due.

    Args:
        seconds: how long after it was set each of them is.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}  # the first comes first
        self._waiting = False

    def set(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Call ``callback`` at the deadline of ``key``, which begins now."""
        self._due.pop(key, None)
        self._due[key] = (asyncio.get_running_loop().time() + self._seconds, callback)
        self._wait(self._seconds)

    def discard(self, key: Hashable) -> None:
        """Forget ``key``, which is done."""
        self._due.pop(key, None)

    def _wait(self, seconds: float) -> None:
        if not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(seconds, self._check)

    def _check(self) -> None:
        self._waiting = False
        now = asyncio.get_running_loop().time()
        while self._due:
            key, (due, callback) = next(iter(self._due.items()))
            if due > now:
                self._wait(due - now)
                return
            del self._due[key]
            callback()
