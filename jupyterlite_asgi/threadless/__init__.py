"""Mends for libraries that ask for a thread where none can start. Nothing else patches anything.

Pyodide has no threads, yet every ``def`` endpoint of Starlette and FastAPI, every file and every
large upload asks for one, and so does each test client. What would run in a thread runs on the
loop instead. Where a thread can start, nothing is changed.

Each module here mends one of another library, by its function ``mend``; it is imported when that
library is.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

#: What is mended, and which module here does it.
_MENDS = {
    "anyio._backends._asyncio": "workers",
    "anyio.from_thread": "portals",
}
_mended: set[str] = set()


def mend() -> None:
    """Apply each mend to its module: now if it is loaded, else as soon as it is imported.

    Does nothing where threads can start, nor on a second call.
    """
    if _threads_can_start():
        return
    for name in _MENDS.keys() - _mended:
        _mended.add(name)
        if name in sys.modules:
            _apply(sys.modules[name])
        else:
            sys.meta_path.insert(0, _MendingFinder(name))


@functools.cache
def _threads_can_start() -> bool:
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    return True


def _apply(module: ModuleType) -> None:
    importlib.import_module(f".{_MENDS[module.__name__]}", __name__).mend(module)


class _MendingFinder(importlib.abc.MetaPathFinder):
    """Finds one module as the other finders do, and has it mended once it is executed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            sys.meta_path.remove(self)
            spec.loader = _MendingLoader(spec.loader)
        return spec


class _MendingLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _apply(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source() and such, for tracebacks
