"""Plain functions that are suspended while the event loop runs, in browsers with JSPI.

Their tasks do not notice that they are cancelled meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

#: Seconds until a suspended function ends whose task was cancelled, but not by ``cancel()``.
NOTICE = 0.5


@contextlib.contextmanager
def waiting_for(future: asyncio.Future[Any], frame: FrameType) -> Iterator[None]:
    """Let the plain function that is suspended in ``frame`` until ``future`` be cancelled."""
    task = asyncio.current_task()
    if task is None:
        yield
        return
    suspension = _suspended[task] = _Suspension(task, future, frame)
    _watch.start()
    try:
        yield
    except asyncio.CancelledError:
        if suspension.error is None:
            raise
        raise suspension.error from None
    finally:
        del _suspended[task]


def cancel(task: asyncio.Task[Any], error: BaseException | None = None) -> None:
    """Cancel a task, or what it waits for in a plain function, which raises ``error`` if given."""
    suspension = _suspended.get(task)
    if suspension is None:
        task.cancel()
    else:
        suspension.error = error
        suspension.end()


def frame_of(task: asyncio.Task[Any]) -> FrameType | None:
    """Return the frame of the plain function in which ``task`` is suspended, if any."""
    return _suspended[task].frame if task in _suspended else None


class _Suspension:
    """The wait of a plain function."""

    def __init__(
        self, task: asyncio.Task[Any], future: asyncio.Future[Any], frame: FrameType
    ) -> None:
        self._task, self._future, self.frame = task, future, frame
        self._cancellations = cancellations(task)
        #: What the function raises in place of CancelledError.
        self.error: BaseException | None = None

    def is_cancelled(self) -> bool:
        """Return whether the task was cancelled meanwhile."""
        return cancellations(self._task) > self._cancellations

    def end(self) -> None:
        """Cancel what the function waits for, which may be a task with a suspended function."""
        if isinstance(self._future, asyncio.Task):
            cancel(self._future)
        else:
            self._future.cancel()


def cancellations(task: asyncio.Task[Any]) -> int:
    """Return how often ``task`` was cancelled; 0 before Python 3.11."""
    return task.cancelling() if sys.version_info >= (3, 11) else 0


class _Watch:
    """Ends suspended functions whose tasks were cancelled.

    One timer serves all, because Pyodide's loop keeps a cancelled timer until it is due.
    """

    _loop: asyncio.AbstractEventLoop | None = None  # in which it is running

    def start(self) -> None:
        """Look at the functions until none is suspended any more."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(NOTICE, self._look)

    def _look(self) -> None:
        self._loop = None
        for suspension in list(_suspended.values()):
            if suspension.is_cancelled():
                suspension.end()
        if _suspended:
            self.start()


#: The tasks with a suspended function.
_suspended: dict[asyncio.Task[Any], _Suspension] = {}

_watch = _Watch()
