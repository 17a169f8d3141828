"""``multiprocessing``, whose compiled parts Pyodide lacks; Quart and NiceGUI import them."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from .unsupported import PROGRAM, refuse


def patch_processes(module: ModuleType) -> None:
    """Stub the missing modules, and raise when they are used. Seen in Python 3.14 (Pyodide 314).

    Libraries import them for features that only servers need, such as several workers.
    """
    for name in ("_multiprocessing", "_posixshmem"):
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = _Stub(name)
    module.process.BaseProcess.start = refuse(PROGRAM)


class _Stub(ModuleType):
    """Has the names that ``multiprocessing`` imports, but none of them works."""

    class SemLock:
        """The base of every lock, queue and pool of processes."""

        SEM_VALUE_MAX = 2**31 - 1

        def __init__(self, *args: object) -> None:
            raise NotImplementedError(PROGRAM)

    @staticmethod
    def sem_unlink(name: str) -> None:
        """Do nothing: there is none to remove."""

    shm_unlink = sem_unlink
