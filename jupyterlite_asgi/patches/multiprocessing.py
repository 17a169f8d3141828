"""``multiprocessing``, whose compiled parts Pyodide has not; Quart and NiceGUI import them."""

from __future__ import annotations

import errno
import importlib.util
import sys
from types import ModuleType

from .unsupported import PROGRAM, refuse


def patch_processes(module: ModuleType) -> None:
    """Stand in for what is missing, and refuse where it is used. Seen in Python 3.14, Pyodide 314.

    Libraries import it for what they do on a server alone, such as to have several workers.
    """
    for name in ("_multiprocessing", "_posixshmem"):
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = _Stand(name)
    module.process.BaseProcess.start = refuse(errno.ENOTSUP, PROGRAM)


class _Stand(ModuleType):
    """Has all that it is asked for, and none of it works."""

    class SemLock:
        """What every lock, queue and pool of processes is made of."""

        SEM_VALUE_MAX = 2**31 - 1

        def __init__(self, *args: object) -> None:
            raise NotImplementedError(PROGRAM)

    @staticmethod
    def sem_unlink(name: str) -> None:
        """There is none to remove."""

    shm_unlink = sem_unlink
