"""A cell, as far as interrupts are concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from jupyterlite_asgi import preemption


class Cell(preemption.Work):
    """Runs ``code`` in a task, which an interrupt cancels."""

    is_foreground = True

    def __init__(self, code: Coroutine[Any, Any, object]) -> None:
        super().__init__()
        self.task = asyncio.create_task(self._run(code))

    async def _run(self, code: Coroutine[Any, Any, object]) -> None:
        preemption.allow(self)
        try:
            with preemption.part_of(self):
                await code
        finally:
            preemption.forbid(self)

    def cancel(self) -> None:
        self.task.cancel()
