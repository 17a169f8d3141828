"""``threading``: no thread can start, and waiting for one would freeze the kernel."""

from __future__ import annotations

import asyncio
from typing import Any

from .around import around
from .jspi import can_suspend, suspend_until
from .unsupported import THREAD


@around("Thread.start")
def patch_start(start: Any, thread: Any) -> None:
    """Say what to do instead of starting a thread. Seen in Pyodide 314."""
    try:
        start(thread)
    except RuntimeError as error:
        if str(error) != "can't start new thread":
            raise  # it has already been started
        raise RuntimeError(THREAD) from None


@around("Condition.wait")
def patch_condition(block: Any, condition: Any, timeout: float | None = None) -> bool:
    """Suspend a wait, so that the event loop can end it. Seen in Python 3.14 (Pyodide 314).

    The standard library's futures, queues and events all wait on conditions. Without threads,
    nothing would notify them, so a wait without a timeout froze the kernel.
    """
    if not condition._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    if can_suspend():
        return _suspend(condition, timeout)
    if timeout is None:
        raise RuntimeError(
            "Nothing can end this wait, because no thread can start here and this browser "
            "cannot wait inside a plain function: await it at the top level of a cell."
        )
    return bool(block(condition, timeout))


def _suspend(condition: Any, timeout: float | None) -> bool:
    waiter = _Waiter()
    condition._waiters.append(waiter)
    state = condition._release_save()
    try:
        return suspend_until(waiter.wait(timeout))
    finally:
        condition._acquire_restore(state)
        if waiter in condition._waiters:
            condition._waiters.remove(waiter)


class _Waiter:
    """Takes the place of a lock among a condition's waiters."""

    def __init__(self) -> None:
        self._notified = asyncio.get_running_loop().create_future()

    def release(self) -> None:
        """End the wait; ``Condition.notify()`` calls this."""
        if not self._notified.done():
            self._notified.set_result(None)

    async def wait(self, timeout: float | None) -> bool:
        """Return whether it was notified within ``timeout`` seconds; None waits forever."""
        await asyncio.wait([self._notified], timeout=timeout)
        return self._notified.done()
