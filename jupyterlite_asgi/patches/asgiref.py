"""asgiref, by which Django and others call plain functions from coroutines and vice versa."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

from .around import around
from .jspi import can_suspend, suspend_until


def patch_sync(module: ModuleType) -> None:
    """Patch both directions, which both need a thread."""
    _patch_thread(module)
    _patch_async_to_sync(module)


def _patch_thread(module: Any) -> None:
    """Run the thread that ends each request in place. Seen in asgiref 3.13.

    It waits for another thread to end, but there is none.
    """
    module.threading = SimpleNamespace(**{**vars(module.threading), "Thread": _InPlace})


@around("AsyncToSync.__call__")
def _patch_async_to_sync(call: Any, self: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Suspend a plain function that calls a coroutine. Seen in asgiref 3.13.

    The original refuses if a loop runs in its thread, as one always does here.
    """
    if can_suspend():
        return suspend_until(self.awaitable(*args, **kwargs))
    return call(self, *args, **kwargs)


class _InPlace:
    """A thread that runs to its end in ``start()``."""

    def __init__(self, *, target: Callable[[], object], daemon: bool) -> None:
        self._target = target

    def start(self) -> None:
        self._target()
