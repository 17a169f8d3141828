"""Waiting in the middle of a plain function, where the browser has JSPI: the loop goes on."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

_Result = TypeVar("_Result")


def can_suspend() -> bool:
    """Whether the function that asks can wait for something without holding up the loop."""
    try:
        from pyodide.ffi import can_run_sync
    except ImportError:
        return False
    return bool(can_run_sync())


def suspend_until(awaitable: Awaitable[_Result]) -> _Result:
    """What ``awaitable`` gives; raises what it raises."""
    from pyodide.ffi import run_sync

    result: _Result = run_sync(awaitable)
    return result
