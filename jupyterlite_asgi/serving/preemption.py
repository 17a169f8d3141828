"""Ends a request in the middle of code that keeps the event loop from running.

A host that can do so sends ``SIGVTALRM`` several times a second while Python runs without a pause.
Python calls the handler between two instructions of whatever runs, and the context tells which
request that is.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
from typing import Protocol

#: Packages whose functions must run to their end: an exception in the middle of one would break
#: the loop, or leave a lock, a file or a half of our own state behind.
_UNSAFE = frozenset(
    (
        "_frozen_importlib",
        "_frozen_importlib_external",
        "_pyodide",
        "asyncio",
        "concurrent",
        "contextlib",
        "importlib",
        "jupyterlite_asgi",
        "logging",
        "pyodide",
        "threading",
        "weakref",
    )
)


class Preemptible(Protocol):
    """A request that can be ended."""

    def is_due(self) -> bool:
        """Return whether the request must end now."""

    def preempt(self, frame: FrameType) -> None:
        """Prepare the end of the request, which is running ``frame``."""


#: The request to which the running code belongs, also in tasks that it has started.
current: ContextVar[Preemptible | None] = ContextVar("current", default=None)


def install(hurry: Callable[[], object]) -> None:
    """Handle the signals; ``hurry`` requests the next one within a few instructions."""

    def handle(signum: int, frame: FrameType | None) -> None:
        request = current.get()
        if request is None or frame is None or not request.is_due():
            return
        if _is_safe(frame):
            request.preempt(frame)
            raise asyncio.CancelledError
        hurry()

    signal.signal(signal.SIGVTALRM, handle)


def _is_safe(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] not in _UNSAFE
