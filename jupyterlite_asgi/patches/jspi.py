"""Suspends plain functions while the loop continues, in browsers with JSPI."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

_Result = TypeVar("_Result")


def can_suspend() -> bool:
    """Return whether the caller can wait without blocking the loop."""
    try:
        from pyodide.ffi import can_run_sync
    except ImportError:
        return False
    return bool(can_run_sync())


def suspend_until(awaitable: Awaitable[_Result]) -> _Result:
    """Return the result of ``awaitable``, or raise its exception."""
    from pyodide.ffi import run_sync

    result: _Result = run_sync(awaitable)
    return result
