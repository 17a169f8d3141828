"""The kernel's JavaScript, which is built from ``src/kernel/``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any


@functools.cache
def kernel_script() -> Any:
    """Return the exports of ``src/kernel/index.ts``, which runs on the first call."""
    from pyodide.code import run_js

    # Not by importlib.resources: importing that takes longer than the rest of a kernel's start.
    return run_js((Path(__file__).parents[2] / "static/kernel.js").read_text("utf-8"))
