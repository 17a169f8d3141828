"""JSPI on CPython: plain functions that wait for something while the event loop keeps running.

A browser with JSPI suspends the stack of a function that the event loop called. Here a greenlet,
which has a stack of its own, stands in for that.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

import greenlet
import pytest

_Result = TypeVar("_Result")

#: Calls a plain function as a cell does in a browser with JSPI.
InCell = Callable[[Callable[[], None]], None]


async def suspendable(function: Callable[[], _Result]) -> _Result:
    """Call ``function`` so that it can suspend, as code of a cell can in a browser with JSPI."""
    stack = greenlet.greenlet(function)
    stack.gr_context = copy_context()
    given: Any = stack.switch()
    while not stack.dead:
        await asyncio.wait([given])
        given = stack.switch()
    result: _Result = given
    return result


def _run_on_a_stack(handle: asyncio.Handle) -> None:
    """Run one of our callbacks on a stack of its own, as Pyodide's loop runs all of them."""
    callback = handle._callback  # type: ignore[attr-defined]
    module = getattr(callback, "__module__", None) or ""
    if not module.startswith("jupyterlite_asgi."):
        _RUN(handle)
        return
    stack = greenlet.greenlet(partial(_RUN, handle))

    def go_on(_: object = None) -> None:
        waiting = stack.switch()
        if not stack.dead:
            waiting.add_done_callback(go_on)

    go_on()


_RUN = asyncio.Handle._run


def pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Provide those functions of ``pyodide.ffi`` that suspend."""

    def can_run_sync() -> bool:
        return greenlet.getcurrent().parent is not None

    def run_sync(awaitable: Awaitable[_Result]) -> _Result:
        future = asyncio.ensure_future(awaitable)
        greenlet.getcurrent().parent.switch(future)
        return future.result()

    ffi = ModuleType("pyodide.ffi")
    vars(ffi).update(can_run_sync=can_run_sync, run_sync=run_sync)
    monkeypatch.setattr(asyncio.Handle, "_run", _run_on_a_stack)
    monkeypatch.setitem(sys.modules, "pyodide", ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", ffi)
