"""Plain functions that wait while the loop runs, and are cancelled meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jupyterlite_asgi import suspension
from jupyterlite_asgi.patches.pyodide import patch_run_sync
from jupyterlite_asgi.serving.places import awaited_place

from .support.jspi import pretend, suspendable
from .support.virtual_time import now


@pytest.fixture
def run_sync(monkeypatch: pytest.MonkeyPatch) -> Callable[[Awaitable[Any]], Any]:
    """The function of Pyodide, with our patch."""
    pretend(monkeypatch)
    ffi = sys.modules["pyodide.ffi"]
    patch_run_sync(ffi)
    function: Callable[[Awaitable[Any]], Any] = ffi.run_sync
    return function


async def suspended(code: Callable[[], object]) -> asyncio.Task[object]:
    """Run a plain function in a task until it is suspended."""
    task = asyncio.create_task(suspendable(code))
    for _ in range(5):
        await asyncio.sleep(0)
    assert suspension.frame_of(task)
    return task


Patched = Callable[[Awaitable[Any]], Any]


async def test_wait_returns_the_result(run_sync: Patched) -> None:
    assert await suspendable(lambda: run_sync(asyncio.sleep(0, "done"))) == "done"


async def test_place_of_the_wait_is_the_functions_own(run_sync: Patched) -> None:
    def waits() -> None:
        run_sync(asyncio.Event().wait())

    task = await suspended(waits)
    assert awaited_place(task) == f"{__file__}, line {waits.__code__.co_firstlineno + 1}"
    suspension.cancel(task)
    await asyncio.wait([task])
    assert suspension.frame_of(task) is None


async def test_exception_does_not_pass_through_pyodide(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    ffi = sys.modules["pyodide.ffi"]
    passed: list[asyncio.Future[None]] = []
    run = ffi.run_sync

    def run_sync(future: asyncio.Future[None]) -> None:
        passed.append(future)
        run(future)

    vars(ffi)["run_sync"] = run_sync
    patch_run_sync(ffi)

    async def fails() -> None:
        raise ValueError("closed")

    with pytest.raises(ValueError, match="closed"):
        await suspendable(lambda: ffi.run_sync(fails()))
    assert [future.exception() for future in passed] == [None]


async def test_cancelled_wait_raises(run_sync: Patched) -> None:
    task = await suspended(lambda: run_sync(asyncio.Event().wait()))
    suspension.cancel(task)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelled_wait_raises_the_given_error(run_sync: Patched) -> None:
    def waits() -> str:
        try:
            run_sync(asyncio.Event().wait())
        except InterruptedError:
            return "interrupted"
        return "never"

    task = await suspended(waits)
    suspension.cancel(task, InterruptedError())
    assert await task == "interrupted"


async def unaware(future: asyncio.Future[object]) -> None:
    """Wait like a suspended function, whose task does not notice that it is cancelled."""
    with suspension.waiting_for(future, sys._getframe()):
        while not future.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        future.result()


async def test_wait_within_a_wait_is_cancelled() -> None:
    inner = asyncio.create_task(unaware(asyncio.Future()))
    outer = asyncio.create_task(unaware(inner))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    suspension.cancel(outer)
    with pytest.raises(asyncio.CancelledError):
        await outer
    assert inner.cancelled()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tasks do not count their cancellations")
@pytest.mark.virtual_time
async def test_wait_ends_although_another_cancels_its_task() -> None:
    task = asyncio.create_task(unaware(asyncio.Future()))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 1 < now() <= 1 + suspension.NOTICE


@pytest.mark.virtual_time
async def test_function_can_wait_after_its_cancellation(run_sync: Patched) -> None:
    def waits() -> str:
        try:
            run_sync(asyncio.Event().wait())
        except asyncio.CancelledError:
            run_sync(asyncio.sleep(3 * suspension.NOTICE))
        return "tidied up"

    task = await suspended(waits)
    suspension.cancel(task)
    assert await task == "tidied up"


async def test_task_that_is_not_suspended_is_cancelled() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    suspension.cancel(task)
    with pytest.raises(asyncio.CancelledError):
        await task
