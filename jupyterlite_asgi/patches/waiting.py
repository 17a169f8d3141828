"""Locks, and waits that suspend the waiting stack, so that the event loop can end them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextvars import ContextVar

from .. import preemption
from .jspi import can_suspend, suspend_until
from .unsupported import WAIT

#: What stands for the thread that the running code would have on a server; None for the loop's.
owner: ContextVar[object] = ContextVar("jupyterlite_asgi.owner", default=None)


def act_as_thread() -> None:
    """Let this context act as a thread of its own, as on a server; one for each request."""
    owner.set(preemption.current.get() or object())


class Waiter:
    """A wait; ``threading.Condition`` takes it for a lock."""

    def __init__(self) -> None:
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def ended(self) -> bool:
        """Whether ``release()`` was called."""
        return self._end.done()

    def release(self) -> None:
        """End the wait."""
        if not self._end.done():
            self._end.set_result(None)

    def wait(self, timeout: float | None) -> bool:
        """Suspend the caller; return whether the wait was ended within ``timeout`` seconds."""
        suspend_until(asyncio.wait([self._end], timeout=timeout))
        return self.ended  # also if it was ended only now, or `release()` would be lost


class Lock:
    """``threading.Lock`` for stacks: who holds it may be suspended."""

    def __init__(self) -> None:
        self._locked = False
        self._waiters: deque[Waiter] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock; return whether that succeeded within ``timeout`` seconds.

        Raises:
            RuntimeError: it is held, and nothing could release it while the caller waits.
            ValueError: the timeout is invalid.
        """
        if timeout != -1 and not blocking:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._locked:
            return blocking and self._wait(None if timeout < 0 else timeout)
        self._locked = True
        return True

    def release(self) -> None:
        """Release the lock; if anyone waits for it, it is held by the first of them now.

        Raises:
            RuntimeError: it is not held.
        """
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        if self._waiters:
            self._waiters.popleft().release()
        else:
            self._locked = False

    def locked(self) -> bool:
        """Return whether the lock is held."""
        return self._locked

    __enter__ = acquire

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    _at_fork_reinit = __init__

    def _wait(self, timeout: float | None) -> bool:
        if not can_suspend():
            if timeout is None:
                raise RuntimeError(WAIT)
            time.sleep(timeout)
            return False
        waiter = Waiter()
        self._waiters.append(waiter)
        try:
            return waiter.wait(timeout)
        except BaseException:
            if waiter.ended:
                self.release()
            raise
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)


class RLock:
    """``threading.RLock`` for stacks. As before, other threads than the owner may release it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner: object = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Like ``Lock.acquire()``, but succeeds at once for who holds the lock already."""
        if self._is_owned():
            self._count += 1
            return True
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner, self._count = owner.get(), 1
        return True

    def release(self) -> None:
        """Undo one ``acquire()``.

        Raises:
            RuntimeError: the lock is not held.
        """
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._lock.release()

    def locked(self) -> bool:
        """Return whether the lock is held."""
        return self._count > 0

    __enter__ = acquire

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    _at_fork_reinit = __init__

    # Called by `threading.Condition`

    def _is_owned(self) -> bool:
        return self._count > 0 and self._owner is owner.get()

    def _release_save(self) -> tuple[object, int]:
        state, self._count = (self._owner, self._count), 0
        self._lock.release()
        return state

    def _acquire_restore(self, state: tuple[object, int]) -> None:
        self._lock.acquire()
        self._owner, self._count = state
