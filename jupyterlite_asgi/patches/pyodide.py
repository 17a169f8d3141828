"""Pyodide's event loop, which has neither sockets nor subprocesses."""

from __future__ import annotations

from types import ModuleType

from .unsupported import CONNECT, LISTEN, PROGRAM, refuse_awaited


def patch_loop(module: ModuleType) -> None:
    """Say what to do instead, to servers and clients that use the loop. Seen in Pyodide 314."""
    loop = module.WebLoop
    loop.create_server = loop.create_unix_server = refuse_awaited(LISTEN)
    loop.sock_connect = loop.create_unix_connection = refuse_awaited(CONNECT)
    loop.subprocess_exec = loop.subprocess_shell = refuse_awaited(PROGRAM)
