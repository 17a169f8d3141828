"""anyio, which runs plain functions in threads for Starlette and FastAPI.

Their ``TestClient`` runs a loop in a thread through anyio's portals, and blocks until that has a
response. Without threads, the only loop does both, while the test is suspended.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Coroutine, Iterator
from types import ModuleType
from typing import Any, TypeVar

from ..errors import ServeError
from .around import around
from .jspi import can_suspend, suspend_until
from .waiting import act_as_thread

_Result = TypeVar("_Result")


def patch_worker_threads(module: ModuleType) -> None:
    """Run functions in place, in a copy of the context. Seen in anyio 4.16.

    The checkpoint keeps an endless synchronous generator cancellable between items.
    """
    backend: Any = getattr(module, "AsyncIOBackend", None)
    if backend is None:  # anyio 3 has no such class
        return

    async def run_in_place(
        cls: Any,
        func: Callable[..., object],
        args: tuple[object, ...],
        abandon_on_cancel: bool = False,
        limiter: object = None,
    ) -> object:
        await cls.checkpoint()
        context = contextvars.copy_context()
        context.run(act_as_thread)
        return context.run(func, *args)

    backend.run_sync_in_worker_thread = classmethod(run_in_place)


def patch_from_thread(module: ModuleType) -> None:
    """Patch calls from threads."""
    _patch_calls(module)
    _patch_check(module)
    _patch_start(module)


def _patch_calls(module: ModuleType) -> None:
    """Call the loop's functions in place: the caller is in its thread. Seen in anyio 4.16."""

    def run(
        func: Callable[..., Coroutine[Any, Any, _Result]], *args: object, token: object = None
    ) -> _Result:
        if not can_suspend():
            raise ServeError(
                "This browser cannot wait inside a plain function: make it `async def`, "
                "and await what it calls."
            )
        return suspend_until(func(*args))

    def run_sync(func: Callable[..., _Result], *args: object, token: object = None) -> _Result:
        return func(*args)

    module.run = run  # type: ignore[attr-defined]
    module.run_sync = run_sync  # type: ignore[attr-defined]


@around("BlockingPortal._check_running")
def _patch_check(check: object, portal: Any) -> None:
    """Allow portal calls from the loop's own thread, the only one. Seen in anyio 4.16.

    The original check keeps a thread from waiting for itself.
    """
    if portal._event_loop_thread_id is None:
        raise RuntimeError("This portal is not running")


def _patch_start(module: ModuleType) -> None:
    """Run a portal as a task of the running loop, not in a thread. Seen in anyio 4.16."""

    @contextlib.contextmanager
    def start_blocking_portal(
        backend: str = "asyncio",
        backend_options: dict[str, Any] | None = None,
        *,
        name: str | None = None,
    ) -> Iterator[Any]:
        if not can_suspend():
            raise ServeError(
                "This browser cannot wait inside a plain function, as TestClient must: "
                'serve the app, and write `await server.client.get("/")` at the top level of a '
                "cell."
            )
        loop = asyncio.get_running_loop()
        ready = loop.create_future()

        async def run_portal() -> None:
            async with module.BlockingPortal() as portal:
                ready.set_result(portal)
                await portal.sleep_until_stopped()

        task = loop.create_task(run_portal(), name=name)
        suspend_until(asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED))
        portal: Any = ready.result() if ready.done() else task.result()
        cancel_remaining = False
        try:
            yield portal
        except BaseException:
            cancel_remaining = True
            raise
        finally:
            with contextlib.suppress(RuntimeError):  # already stopped
                portal.call(portal.stop, cancel_remaining)
            suspend_until(asyncio.wait([task]))

    module.start_blocking_portal = start_blocking_portal  # type: ignore[attr-defined]
