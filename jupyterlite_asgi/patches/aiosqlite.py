"""aiosqlite, where a thread for each connection runs the functions in a queue."""

from __future__ import annotations

import contextlib
import queue
import sys
from collections.abc import Callable
from typing import Any

from .around import around


@around("Connection.__init__")
def patch_connections(begin: Any, self: Any, /, *args: Any, **kwargs: Any) -> None:
    """Run each function as it is put in the queue. Seen in aiosqlite 0.20 to 0.22.

    The library's own loop runs it, so results still reach their futures in a later turn of the
    event loop.
    """
    begin(self, *args, **kwargs)
    work = getattr(sys.modules["aiosqlite.core"], "_connection_worker_thread", None)
    # Before 0.22, a connection was a thread itself.
    self._tx = _Queue(work or (lambda _: self.run()))
    vars(getattr(self, "_thread", self))["start"] = lambda: None


class _Queue:
    """A queue that has ``work`` read it whenever something is put in it."""

    def __init__(self, work: Callable[[Any], object]) -> None:
        self._work = work
        self._items: list[object] = []

    def put_nowait(self, item: object) -> None:
        self._items.append(item)
        with contextlib.suppress(queue.Empty):
            self._work(self)

    def get(self) -> object:
        if not self._items:
            raise queue.Empty
        return self._items.pop()
