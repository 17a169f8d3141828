"""The JavaScript of the kernel's side, which is ``src/kernel/`` built to one file."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any


@functools.cache
def kernel_script() -> Any:
    """The functions that ``src/kernel/index.ts`` exports; it runs on the first call."""
    from pyodide.code import run_js

    # Not by importlib.resources: importing that takes longer than the rest of a kernel's start.
    return run_js((Path(__file__).parents[2] / "static/kernel.js").read_text("utf-8"))
