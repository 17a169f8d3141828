"""Serve the ASGI apps of a JupyterLite notebook, in the browser and with no server.

Use ``%asgi_serve app`` in a cell, or the functions of this package::

    server = await serve(app, name="shop")
    server.url
    await server.stop()

Importing this package is cheap, as every kernel of a site does it: what serving needs is imported
by the first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

try:
    from ._version import __version__
except ImportError:  # a checkout that was never built
    __version__ = "0+unknown"

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .errors import ServeError
    from .notebook.serve import serve, servers
    from .serving.server import Server

__all__ = ["ServeError", "Server", "__version__", "serve", "servers"]

_HOMES = {
    "ServeError": "errors",
    "Server": "serving.server",
    "serve": "notebook.serve",
    "servers": "notebook.serve",
}


def __getattr__(name: str) -> Any:
    """Import what serving needs, when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make the magics known to ``shell``; what ``%load_ext jupyterlite_asgi`` calls."""
    from .notebook.extension import register

    register(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the extension in a development install."""
    return [{"src": "labextension", "dest": "jupyterlite-asgi"}]
