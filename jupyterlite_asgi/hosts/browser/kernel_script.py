"""The JavaScript of the kernel's side, which is ``src/kernel/`` built to one file."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Any


@functools.cache
def kernel_script() -> Any:
    """The functions that ``src/kernel/index.ts`` exports; it runs on the first call."""
    from pyodide.code import run_js

    file = importlib.resources.files("jupyterlite_asgi").joinpath("static", "kernel.js")
    return run_js(file.read_text("utf-8"))
