"""``socket``, whose sockets do not work in a browser."""

from __future__ import annotations

from types import ModuleType

from .unsupported import CONNECT, LISTEN, refuse


def patch_sockets(module: ModuleType) -> None:
    """Raise at once instead of waiting forever, and say what to do. Seen in Pyodide 314."""
    module.socket.listen = refuse(LISTEN)
    module.socket.connect = refuse(CONNECT)
    module.socket.connect_ex = refuse(CONNECT)
