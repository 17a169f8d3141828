"""anyio's worker threads, in which Starlette and FastAPI run all that is a plain ``def``."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from types import ModuleType
from typing import Any


def mend(module: ModuleType) -> None:
    """Run the calls in place, in a copy of the context. Seen in anyio 4.16.

    The checkpoint keeps an endless synchronous generator cancellable between two of its items.
    """
    backend: Any = getattr(module, "AsyncIOBackend", None)
    if backend is None:  # anyio 3 had functions in its place
        return

    async def run_in_place(
        cls: Any,
        func: Callable[..., object],
        args: tuple[object, ...],
        abandon_on_cancel: bool = False,
        limiter: object = None,
    ) -> object:
        await cls.checkpoint()
        return contextvars.copy_context().run(func, *args)

    backend.run_sync_in_worker_thread = classmethod(run_in_place)
