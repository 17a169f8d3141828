"""Locks and conditions that threads on stacks of their own share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

import pytest

from jupyterlite_asgi.patches import waiting
from jupyterlite_asgi.patches.jspi import suspend_until

from .support.jspi import InCell

Acquire = Callable[..., bool]


def start(function: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


@pytest.mark.parametrize("kind", ["Lock", "RLock"])
def test_lock_excludes_other_threads(in_cell: InCell, kind: str) -> None:
    @in_cell
    def cell() -> None:
        lock = getattr(threading, kind)()
        seen: list[str] = []

        def work(name: str) -> None:
            with lock:
                seen.append(name)
                pause()
                seen.append(name)

        for thread in [start(lambda name=name: work(name)) for name in "abc"]:  # type: ignore[misc]
            thread.join()
        assert "".join(seen) == "aabbcc"
        assert not lock.acquire.__self__.locked()


def pause() -> None:
    """Wait for a moment, while other stacks run."""
    threading.Event().wait(0.001)


def test_lock_has_the_interface_of_the_original(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        lock = threading.Lock()
        assert lock.acquire()
        assert (lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01)) == (
            True,
            False,
            False,
        )
        lock.release()
        with lock as entered:
            assert entered
        with pytest.raises(RuntimeError, match="release unlocked lock"):
            lock.release()
        with pytest.raises(ValueError, match="can't specify a timeout for a non-blocking call"):
            lock.acquire(False, 1)
        with pytest.raises(ValueError, match="must be a non-negative number"):
            lock.acquire(timeout=-2)


def test_reentrant_lock_is_released_as_often_as_it_was_acquired(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        lock = threading.RLock()
        seen: list[bool] = []

        def other() -> None:
            seen.append(lock.acquire(blocking=False))

        with lock, lock:
            start(other).join()
        assert seen == [False]
        start(other).join()
        assert seen == [False, True]
        lock.release()
        with pytest.raises(RuntimeError, match="cannot release un-acquired lock"):
            lock.release()


def test_interrupted_wait_passes_the_lock_on(
    in_cell: InCell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a signal raises in a stack that has just been given the lock."""

    def interrupted(awaitable: Awaitable[object]) -> None:
        suspend_until(awaitable)
        raise InterruptedError

    @in_cell
    def cell() -> None:
        lock = threading.Lock()
        lock.acquire()
        asyncio.get_running_loop().call_later(0.001, lock.release)
        monkeypatch.setattr(waiting, "suspend_until", interrupted)
        with pytest.raises(InterruptedError):
            lock.acquire()
        assert not lock.locked()


def test_condition_restores_a_reentrant_lock(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        condition = threading.Condition()
        ready: list[int] = []

        def work() -> None:
            with condition:
                ready.append(1)
                condition.notify_all()

        with condition, condition:
            thread = start(work)
            assert condition.wait_for(lambda: ready, 10)
            assert not start_and_try(condition.acquire)
        thread.join()
        assert start_and_try(condition.acquire)


def start_and_try(acquire: Acquire) -> bool:
    """Return whether another thread can acquire a lock."""
    result: Future[bool] = Future()
    start(lambda: result.set_result(acquire(blocking=False)))
    return result.result()
