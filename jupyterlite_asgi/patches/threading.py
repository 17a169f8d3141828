"""``threading``: no thread can start, so threads and waits share one, by switching stacks."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from contextvars import copy_context
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from .around import around
from .jspi import can_suspend
from .thread_local import make_local
from .unsupported import THREAD, WAIT
from .waiting import Lock, RLock, Waiter, owner


class _Stack:
    """Runs a thread as a callback of the loop, on a stack of its own."""

    def __init__(self, module: Any, thread: Any) -> None:
        self._module, self._thread = module, thread
        self.ended = module.Event()
        self.pending: asyncio.Handle | None = None

    def start(self, run: Callable[[], object], delay: float = 0) -> None:
        """Call ``run`` after ``delay`` seconds, in a copy of the context."""
        context = copy_context()
        context.run(owner.set, self._thread)
        loop = asyncio.get_running_loop()
        self.pending = loop.call_later(max(delay, 0), self._run, run, context=context)
        self._thread._started.set()
        self._thread._ident = self._module.get_ident()
        self._module._active[self] = self._thread  # for `threading.enumerate()`

    def end(self) -> None:
        """Note that the thread has ended."""
        self.ended.set()
        self._module._active.pop(self, None)
        self.pending = self._thread = None  # `_stacks` holds a thread only as long as others do

    def _run(self, run: Callable[[], object]) -> None:
        self.pending = None
        try:
            run()
        except SystemExit:
            pass
        except BaseException:
            details = self._module.ExceptHookArgs((*sys.exc_info(), self._thread))
            self._module.excepthook(details)
        finally:
            self.end()


#: The stacks of threads that have started.
_stacks: WeakKeyDictionary[Any, _Stack] = WeakKeyDictionary()


def patch_threading(module: ModuleType) -> None:
    """Patch threads, what they wait on, and what each has of its own."""
    for patch in (_patch_condition, _patch_start, _patch_join, _patch_is_alive, _patch_cancel):
        patch(module)
    _patch_current(module)
    local = make_local(lambda owner: isinstance(owner, module.Thread))
    vars(module).update(Lock=Lock, RLock=RLock, local=local)


@around("Condition.wait")
def _patch_condition(block: Any, condition: Any, timeout: float | None = None) -> bool:
    """Suspend a wait, so that the event loop can end it. Seen in Python 3.14 (Pyodide 314).

    The standard library's futures, queues and events all wait on conditions. Without threads,
    nothing would notify them, so a wait without a timeout froze the kernel.
    """
    if not condition._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    if can_suspend():
        return _suspend(condition, timeout)
    if timeout is None:
        raise RuntimeError(WAIT)
    return bool(block(condition, timeout))


def _suspend(condition: Any, timeout: float | None) -> bool:
    waiter = Waiter()
    condition._waiters.append(waiter)
    state = condition._release_save()
    try:
        return waiter.wait(timeout)
    finally:
        with contextlib.suppress(ValueError):  # notified
            condition._waiters.remove(waiter)
        condition._acquire_restore(state)


@around("Thread.start")
def _patch_start(start: Any, thread: Any) -> None:
    """Run a thread on a stack of its own, or say what to do instead. Seen in Pyodide 314.

    It runs until it waits, as others do then. Where stacks cannot be switched, only timers start.
    """
    try:
        start(thread)
    except RuntimeError as error:
        if str(error) != "can't start new thread":
            raise  # it has already been started
        module: Any = sys.modules["threading"]
        stack = _Stack(module, thread)
        if type(thread).run is module.Timer.run:
            stack.start(lambda: _expire(thread), thread.interval)
        elif can_suspend():
            stack.start(thread.run)
        else:
            raise RuntimeError(THREAD) from None
        _stacks[thread] = stack


def _expire(timer: Any) -> None:
    timer.function(*timer.args, **timer.kwargs)
    timer.finished.set()


@around("Timer.cancel")
def _patch_cancel(cancel: Any, timer: Any) -> None:
    cancel(timer)
    stack = _stacks.get(timer)
    if stack is not None and stack.pending is not None:
        stack.pending.cancel()
        stack.end()


@around("Thread.join")
def _patch_join(join: Any, thread: Any, timeout: float | None = None) -> None:
    if thread not in _stacks:
        join(thread, timeout)
    elif thread is owner.get():
        raise RuntimeError("cannot join current thread")
    else:
        _stacks[thread].ended.wait(timeout)


@around("Thread.is_alive")
def _patch_is_alive(is_alive: Any, thread: Any) -> bool:
    stack = _stacks.get(thread)
    return bool(is_alive(thread)) if stack is None else not stack.ended.is_set()


@around("current_thread")
def _patch_current(current_thread: Any) -> Any:
    thread = owner.get()
    return thread if thread in _stacks else current_thread()
