"""Pyodide: its event loop has neither sockets nor subprocesses, and its waits have no end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from types import ModuleType
from typing import Any

from .. import preemption
from .around import around
from .unsupported import CONNECT, LISTEN, PROGRAM, refuse_awaited


def patch_loop(module: ModuleType) -> None:
    """Say what to do instead, to servers and clients that use the loop. Seen in Pyodide 314."""
    loop = module.WebLoop
    loop.create_server = loop.create_unix_server = refuse_awaited(LISTEN)
    loop.sock_connect = loop.create_unix_connection = refuse_awaited(CONNECT)
    loop.subprocess_exec = loop.subprocess_shell = refuse_awaited(PROGRAM)


@around("run_sync")
def patch_run_sync(run_sync: Any, awaitable: Awaitable[Any]) -> Any:
    """Let a suspended function be ended, also one in ``time.sleep``. Seen in Pyodide 314.

    To cancel its task has no effect until the wait is over.
    """
    future = asyncio.ensure_future(awaitable)
    with preemption.waiting_for(future, sys._getframe(1)):
        return run_sync(future)
