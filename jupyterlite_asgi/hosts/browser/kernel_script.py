"""The kernel's JavaScript, which is built from ``src/kernel/``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any


@functools.cache
def kernel_script() -> Any:
    """Return the exports of ``src/kernel/index.ts``, which runs on the first call."""
    from pyodide.code import run_js

    return run_js(kernel_source())


@functools.cache
def kernel_source() -> str:
    """Return the code of ``src/kernel/index.ts``; only the first call reads its file."""
    # Not by importlib.resources: importing that takes longer than the rest of a kernel's start.
    return (Path(__file__).parents[2] / "static/kernel.js").read_text("utf-8")


def guard_kernel(apps: str, serves: Callable[[str], bool]) -> None:
    """Release the locks of this kernel if Python fails, and keep Python from waiting for itself.

    Args:
        apps: the URL below which apps are.
        serves: returns whether this kernel serves the app at a URL.
    """
    import pyodide_js
    from pyodide.ffi import create_proxy

    script = kernel_script()
    script.freeLocksOnFailure(pyodide_js)
    script.markOwnRequests(apps, create_proxy(serves))
