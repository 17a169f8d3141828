"""Plain functions that wait: ``anyio.from_thread`` and portals; futures, queues and events."""

from __future__ import annotations

import asyncio
import inspect
import queue
import threading
from concurrent.futures import Future

import pytest
from anyio import from_thread, to_thread

from jupyterlite_asgi.errors import ServeError

from .support.jspi import InCell

#: The parameters of the patched functions, taken before they are patched.
PARAMETERS = {
    name: list(inspect.signature(getattr(from_thread, name)).parameters)
    for name in ("run", "run_sync", "start_blocking_portal")
}


class _Waiter:
    released = False

    def release(self) -> None:
        self.released = True


WAIT = (
    "Nothing can end this wait, because Python has only one thread in a browser and cannot switch "
    "stacks here: make the function `async def`, and await an asyncio Lock, Event, Queue or task."
)


def test_def_endpoint_can_call_the_loop(in_cell: InCell) -> None:
    async def add(one: int, two: int) -> int:
        return one + two

    def call() -> int:
        return from_thread.run(add, 1, 2) + from_thread.run_sync(len, "four")

    @in_cell
    def cell() -> None:
        assert call() == 7


async def test_error_for_from_thread_without_jspi_says_what_to_do(patched: None) -> None:
    async def add() -> None:
        raise AssertionError("the coroutine has run")

    with pytest.raises(ServeError) as caught:
        await to_thread.run_sync(from_thread.run, add)
    assert str(caught.value) == (
        "This browser cannot wait inside a plain function: make it `async def`, "
        "and await what it calls."
    )


def test_stopped_portal_refuses_calls(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        with from_thread.start_blocking_portal() as portal:
            assert portal.call(len, "four") == 4
        with pytest.raises(RuntimeError, match="This portal is not running"):
            portal.call(len, "four")


def test_portal_waits_for_its_tasks(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        done = asyncio.Event()
        with from_thread.start_blocking_portal() as portal:
            future = portal.start_task_soon(done.wait)
            asyncio.get_running_loop().call_later(0.01, done.set)
        assert future.done()


def test_error_cancels_the_tasks_of_a_portal(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        portals = from_thread.start_blocking_portal()
        portals.__enter__().start_task_soon(asyncio.Event().wait)
        error = ZeroDivisionError()
        assert not portals.__exit__(type(error), error, None)


def test_future_queue_and_event_let_the_loop_run(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        loop = asyncio.get_running_loop()
        future: Future[str] = Future()
        loop.call_soon(future.set_result, "future")
        assert future.result() == "future"
        items: queue.Queue[str] = queue.Queue()
        with pytest.raises(queue.Empty):
            items.get(timeout=0.01)
        loop.call_soon(items.put, "item")
        assert items.get() == "item"
        event = threading.Event()
        assert not event.wait(0.01)
        loop.call_soon(event.set)
        assert event.wait(10)
        with pytest.raises(RuntimeError, match="cannot wait on un-acquired lock"):
            threading.Condition().wait()


def test_endless_wait_without_jspi_is_refused(patched: None) -> None:
    assert not threading.Event().wait(0.01)
    with pytest.raises(RuntimeError) as caught:
        Future[None]().result()
    assert str(caught.value) == WAIT
    with pytest.raises(RuntimeError, match="Nothing can end this wait"):
        queue.SimpleQueue[None]().get()
    lock = threading.Lock()
    with lock:
        assert not lock.acquire(timeout=0.01)
        with pytest.raises(RuntimeError, match="Nothing can end this wait"):
            lock.acquire()


def test_private_interfaces_that_the_patches_use(patched: None) -> None:
    """If this fails, a new version of anyio or Python has changed something private."""
    signatures = {name: inspect.signature(getattr(from_thread, name)) for name in PARAMETERS}
    assert {name: list(found.parameters) for name, found in signatures.items()} == PARAMETERS
    assert "_event_loop_thread_id" in inspect.getsource(from_thread.BlockingPortal)
    condition = threading.Condition()
    with condition:
        waiter = _Waiter()
        condition._waiters.append(waiter)  # type: ignore[attr-defined]
        condition.notify()
        assert waiter.released
        assert waiter not in condition._waiters  # type: ignore[attr-defined]
        condition._acquire_restore(condition._release_save())  # type: ignore[attr-defined]
        assert condition._is_owned()  # type: ignore[attr-defined]
