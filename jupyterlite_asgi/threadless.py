"""Mends for libraries that ask for a thread where none can start. Nothing else patches anything.

Pyodide has no threads, yet every ``def`` endpoint of Starlette and FastAPI, every file and every
large upload asks for one. The call runs in place instead, on the loop. Where a thread can start,
nothing is changed.
"""

from __future__ import annotations

import contextvars
import functools
import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

Mend = Callable[[ModuleType], None]


def mend() -> None:
    """Apply each mend to its module: now if it is loaded, else as soon as it is imported.

    Does nothing where threads can start, nor on a second call.
    """
    if not _threads_can_start():
        for name, function in _MENDS.items():
            _on_import(name, function)


@functools.cache
def _threads_can_start() -> bool:
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    return True


def mend_anyio(module: ModuleType) -> None:
    """Run anyio's worker-thread calls in place, in a copy of the context. Seen in anyio 4.16.

    The checkpoint keeps an endless synchronous generator cancellable between two of its items.
    """
    backend: Any = getattr(module, "AsyncIOBackend", None)
    if backend is None:  # anyio 3 had functions in its place
        return

    async def run_in_place(
        cls: Any,
        func: Callable[..., object],
        args: tuple[object, ...],
        abandon_on_cancel: bool = False,
        limiter: object = None,
    ) -> object:
        await cls.checkpoint()
        return contextvars.copy_context().run(func, *args)

    backend.run_sync_in_worker_thread = classmethod(run_in_place)


_MENDS: dict[str, Mend] = {"anyio._backends._asyncio": mend_anyio}
_mended: set[str] = set()


def _on_import(name: str, function: Mend) -> None:
    if name in _mended:
        return
    _mended.add(name)
    if name in sys.modules:
        function(sys.modules[name])
    else:
        sys.meta_path.insert(0, _MendingFinder(name, function))


class _MendingFinder(importlib.abc.MetaPathFinder):
    """Finds one module as the other finders do, and has it mended once it is executed."""

    def __init__(self, name: str, function: Mend) -> None:
        self._name, self._mend = name, function

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            sys.meta_path.remove(self)
            spec.loader = _MendingLoader(spec.loader, self._mend)
        return spec


class _MendingLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, function: Mend) -> None:
        self._loader, self._mend = loader, function

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._mend(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source() and such, for tracebacks
