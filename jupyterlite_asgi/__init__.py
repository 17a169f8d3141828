"""Serve the ASGI apps of a JupyterLite notebook, in the browser and with no server.

Use ``%asgi_serve app`` in a cell, or the functions of this package::

    server = await serve(app, name="shop")
    server.url
    await server.stop()

Every kernel of a site imports this package, so serving and its dependencies load on first use.
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
    """Import a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics with ``shell``; ``%load_ext jupyterlite_asgi`` calls this."""
    from .notebook.extension import register

    register(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Return where JupyterLab finds the extension in a development install."""
    return [{"src": "labextension", "dest": "jupyterlite-asgi"}]
