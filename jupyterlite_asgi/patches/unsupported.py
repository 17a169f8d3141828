"""Errors for what a browser cannot do: the same types as before, but they say what to do.

Seen in Python 3.14 (Pyodide 314), which only says ``can't start new thread`` or ``Not supported``.
Its sockets even seem to connect, and then wait for a response that never arrives.
"""

from __future__ import annotations

import errno
from typing import Any, NoReturn

THREAD = (
    "can't start new thread: Python has only one in a browser, "
    "so write an `async def` and start it with `asyncio.create_task`"
)
WAIT = (
    "Nothing can end this wait, because Python has only one thread in a browser and cannot switch "
    "stacks here: make the function `async def`, and await an asyncio Lock, Event, Queue or task."
)
LISTEN = "ports are not available in a browser: serve the app with `%asgi_serve app` instead"
CONNECT = (
    "sockets are not available in a browser: use HTTP instead, "
    "with `await pyodide.http.pyfetch(url)`, `httpx` or `requests`"
)
PROGRAM = (
    "other programs and processes cannot run in a browser: "
    "use a Python function instead, or run it elsewhere and upload the result"
)


def unread(url: str) -> str:
    """Return the message for a failed ``fetch`` of ``url``, for which browsers give no reason."""
    site = "/".join(url.split("/", 3)[:3])
    return (
        f"the browser could not read from {site}: either it is unreachable, or it does not allow "
        "other sites to read it (CORS); use a site that does, or include the data in your site"
    )


def refuse(sentence: str) -> Any:
    """Return a function that raises ``OSError`` with this sentence."""

    def refuse(*args: object, **options: object) -> NoReturn:
        raise OSError(errno.ENOTSUP, sentence)

    return refuse


def refuse_awaited(sentence: str) -> Any:
    """Return a coroutine function that raises ``NotImplementedError`` with this sentence."""

    async def refuse(*args: object, **options: object) -> NoReturn:
        raise NotImplementedError(sentence)

    return refuse
