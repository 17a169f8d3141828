"""Lets an interrupt end the cell that runs, as in other kernels."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import Any
from weakref import WeakSet

from .. import preemption, suspension


class Cell(preemption.Work):
    """A cell that runs in ``task``."""

    title = "A cell"
    is_foreground = True

    def __init__(self, task: asyncio.Task[object]) -> None:
        super().__init__()
        self._task = task
        #: The tasks that an interrupt has yet to end. Each gets one exception, which it may handle.
        self._interrupted = WeakSet[asyncio.Task[Any]]()

    def interrupt(self) -> None:
        """See ``Work``."""
        super().interrupt()
        self._interrupted = WeakSet(asyncio.all_tasks())

    def cancel(self) -> None:
        """See ``Work``."""
        self._interrupted.discard(self._task)
        try:
            error = _interrupt(suspension.frame_of(self._task))
        except BaseException as raised:  # by a handler of the user's
            error = raised
        if error is not None:
            suspension.cancel(self._task, error)

    def is_due(self) -> bool:
        """See ``Work``."""
        task = asyncio.current_task()
        return super().is_due() and (task is None or task in self._interrupted)

    def may_end(self, frame: FrameType) -> bool:
        """See ``Work``: IPython handles exceptions of the cell's code, but not those of its own."""
        return asyncio.current_task() is not self._task or _runs_cell(frame)

    def preempt(self, frame: FrameType) -> BaseException | None:
        """See ``Work``."""
        task = asyncio.current_task()
        if task is None:  # a callback that the cell has scheduled
            self._due = None
        else:
            self._interrupted.discard(task)
        error = _interrupt(frame)
        if error is None:
            self._interrupted.clear()
        elif task is self._task:
            self.exceptions += 1
        else:
            if self._task in self._interrupted:  # it may wait for other tasks, too
                self._interrupted.discard(self._task)
                suspension.cancel(self._task, error)
            return asyncio.CancelledError()
        return error

    def end(self) -> None:
        """Note that the cell has ended, but maybe not the tasks that it has started."""
        self._interrupted.clear()
        preemption.forbid(self)


def _interrupt(frame: FrameType | None) -> BaseException | None:
    """Return what to raise, unless the user has set a handler of SIGINT, which is called."""
    handler = signal.getsignal(signal.SIGINT)
    if handler in (signal.default_int_handler, signal.SIG_DFL):
        from .tracebacks import hide_ours

        error = KeyboardInterrupt()
        hide_ours(error)
        return error
    if callable(handler):
        handler(signal.SIGINT, frame)
    return None


def _runs_cell(frame: FrameType) -> bool:
    """Return whether ``frame`` belongs to a cell's code, not to what IPython does around it."""
    caller = frame.f_back
    while caller is not None and not _is_runner(caller):
        frame, caller = caller, caller.f_back
    return caller is not None and not _is_ipython(frame)


def _is_runner(frame: FrameType) -> bool:
    return frame.f_code.co_name == "run_code" and _is_ipython(frame)


def _is_ipython(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("IPython.")


def begin(info: object = None) -> None:
    """Make what runs in this task part of a new cell; IPython calls this before each cell."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return  # no loop runs, so this is no kernel
    if task is None or task in _running:
        return  # in a cell that runs another
    cell = _running[task] = Cell(task)
    preemption.current.set((cell,))
    preemption.allow(cell)
    # IPython reports the end of plain cells only.
    task.add_done_callback(_end)


def _end(task: asyncio.Task[object]) -> None:
    _running.pop(task).end()


_running: dict[asyncio.Task[object], Cell] = {}
