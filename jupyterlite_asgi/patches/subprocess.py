"""``subprocess``, since a browser runs no programs."""

from __future__ import annotations

from types import ModuleType

from .unsupported import PROGRAM, refuse


def patch_popen(module: ModuleType) -> None:
    """Say what to do instead of running a program. Seen in Pyodide 314."""
    module.Popen.__init__ = refuse(PROGRAM)
