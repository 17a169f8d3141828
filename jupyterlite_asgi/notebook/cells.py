"""Lets an interrupt end the cell that runs, as in other kernels."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType

from .. import preemption


class Cell(preemption.Work):
    """A cell that runs in ``task``."""

    title = "A cell"
    is_foreground = True

    def __init__(self, task: asyncio.Task[object]) -> None:
        super().__init__()
        self._task = task

    def cancel(self) -> None:
        """See ``Work``."""
        preemption.cancel(self._task)

    def preempt(self, frame: FrameType) -> BaseException | None:
        """See ``Work``; a handler of SIGINT that the user has set takes the place of ours."""
        exception = super().preempt(frame)
        self._due = None  # as elsewhere, a cell may catch an interrupt and continue
        if asyncio.current_task() is not self._task:
            return exception  # of a task that the cell has started
        handler = signal.getsignal(signal.SIGINT)
        if handler is signal.default_int_handler:
            return KeyboardInterrupt()
        if callable(handler):
            handler(signal.SIGINT, frame)
        return None


def begin(info: object = None) -> None:
    """Make what runs in this task part of a new cell; IPython calls this before each cell."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return  # no loop runs, so this is no kernel
    if task is None:
        return
    cell = Cell(task)
    preemption.current.set((cell,))
    preemption.allow(cell)
    # IPython reports the end of plain cells only.
    task.add_done_callback(lambda task: preemption.forbid(cell))
