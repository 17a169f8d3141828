"""Finds an app's modules that hide others, as the app's folder is searched first."""

from __future__ import annotations

import sys
from collections.abc import Iterable

_LIB, _APP = "/app/lib/", "/app/"


def shadowed(own: Iterable[str], packages: Iterable[str]) -> tuple[str, str] | None:
    """Return an app's module that has the name of another one, and what that belongs to.

    Both arguments are paths in Python's file system: of the app's own files, and of all files of
    its packages.
    """
    taken = {_module(path.removeprefix(_LIB)): "a package" for path in packages}
    taken |= dict.fromkeys(sys.stdlib_module_names, "Python's standard library")
    taken.pop("", None)
    others = set(packages)
    for path in sorted(own):
        name = path.removeprefix(_APP)
        if path in others:
            return name, "a package"
        if owner := taken.get(_module(name)):
            return name, owner
    return None


def _module(path: str) -> str:
    """Return the top module that a file belongs to, empty if it belongs to none."""
    if not path.endswith((".py", ".so")):
        return ""
    return path.partition("/")[0].partition(".")[0]
