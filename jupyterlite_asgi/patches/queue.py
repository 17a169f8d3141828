"""``queue.SimpleQueue``, whose waits are in C."""

from __future__ import annotations

from types import ModuleType


def patch_simple_queue(module: ModuleType) -> None:
    """Use its twin in Python, which waits on conditions. Seen in Python 3.14 (Pyodide 314).

    A wait without a timeout froze the kernel.
    """
    vars(module).update(SimpleQueue=module._PySimpleQueue)
