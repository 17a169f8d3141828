"""Pyodide: its event loop has neither sockets nor subprocesses, and never stops."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable
from types import ModuleType
from typing import Any

from .. import suspension
from .around import around
from .jspi import can_suspend
from .unsupported import CONNECT, LISTEN, PROGRAM, WAIT, refuse_awaited


def patch_loop(module: ModuleType) -> None:
    """Say what to do instead, to servers and clients that use the loop. Seen in Pyodide 314."""
    loop = module.WebLoop
    loop.create_server = loop.create_unix_server = refuse_awaited(LISTEN)
    loop.sock_connect = loop.create_unix_connection = refuse_awaited(CONNECT)
    loop.subprocess_exec = loop.subprocess_shell = refuse_awaited(PROGRAM)
    _patch_new(module)
    _patch_run(module)
    _patch_report(module)


@around("run_sync")
def patch_run_sync(run_sync: Any, awaitable: Awaitable[Any]) -> Any:
    """Let a suspended function be ended, also one in ``time.sleep``. Seen in Pyodide 314.

    To cancel its task has no effect until the wait is over. An exception must not pass through
    JavaScript: Pyodide would give it to IPython, which takes it for the cell's.
    """
    future = asyncio.ensure_future(awaitable)
    done = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda _: done.set_result(None))
    with suspension.waiting_for(future, sys._getframe(1)):
        run_sync(done)
        return future.result()


@around("WebLoopPolicy.new_event_loop")
def _patch_new(create: Any, policy: Any) -> Any:
    """Keep the running loop when another is made. Seen in Pyodide 314.

    The new one took its place, so whatever was awaited next in the same cell failed.
    """
    running, default = asyncio._get_running_loop(), policy._default_loop
    loop = create(policy)
    if running is not None:
        asyncio._set_running_loop(running)
        policy._default_loop = default
    return loop


@around("WebLoop.run_until_complete")
def _patch_run(run: Any, loop: Any, future: Any) -> Any:
    """Explain in a sentence why it cannot wait. Seen in Pyodide 314."""
    if not can_suspend():
        if inspect.iscoroutine(future):
            future.close()
        raise RuntimeError(WAIT)
    return run(loop, future)


@around("WebLoop.default_exception_handler")
def _patch_report(report: Any, loop: Any, context: dict[str, Any]) -> None:
    """Say in a sentence that we have ended a callback. Seen in Pyodide 314.

    Its traceback would have our frames.
    """
    from .. import preemption  # rarely needed, and kernels start without

    error = context.get("exception")
    if isinstance(error, preemption.CallbackEnded):
        sys.stderr.write(f"{error}\n")
    else:
        report(loop, context)
