"""Detects the host that this Python runs in."""

from __future__ import annotations

import sys

from ..errors import ServeError
from .base import Host


def find_host(platform: str = sys.platform) -> Host:
    """Return the host of this Python.

    Args:
        platform: as in ``sys.platform``.

    Raises:
        ServeError: there is none; the message says what to use instead.
    """
    if platform != "emscripten":
        raise ServeError(
            "Apps are served only in a JupyterLite site, where the kernel runs in the browser: "
            "outside one, run `uvicorn module:app` instead."
        )
    try:
        from .browser.host import BrowserHost
    except ImportError:
        raise ServeError(
            "Apps are served by the Pyodide kernel only: "
            "choose “Python (Pyodide)” under the menu Kernel, Change Kernel…"
        ) from None
    return BrowserHost()
