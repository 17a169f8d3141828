"""What a browser cannot do, whichever library asks: the same errors as before, and a way out.

Seen in Python 3.14 of Pyodide 314, whose own words are ``can't start new thread`` and ``Not
supported``. Its sockets even seem to connect, and then wait for an answer that never comes.
"""

from __future__ import annotations

from typing import Any, NoReturn

THREAD = (
    "can't start new thread: a browser gives Python a single one, "
    "so write an `async def` and start it with `asyncio.create_task`"
)
LISTEN = "a browser gives no port to listen on: serve the app with `%asgi_serve app` instead"
CONNECT = (
    "a browser opens no sockets: ask by HTTP instead, "
    "with `await pyodide.http.pyfetch(url)`, `httpx` or `requests`"
)
PROGRAM = (
    "a browser runs no other programs or processes: "
    "call a Python function that does it, or do it elsewhere and bring the result"
)


def unread(url: str) -> str:
    """What to say where the browser's ``fetch`` of ``url`` failed; it never tells the reason."""
    site = "/".join(url.split("/", 3)[:3])
    return (
        f"the browser gave this page nothing from {site}: either it cannot be reached, or it does "
        "not let pages of other sites read it (CORS); ask one that does, or bring the data along"
    )


def refuse(number: int, sentence: str) -> Any:
    """A function that raises ``OSError`` with this ``errno`` and sentence, whatever it is given."""

    def refuse(*args: object, **options: object) -> NoReturn:
        raise OSError(number, sentence)

    return refuse


def refuse_awaited(sentence: str) -> Any:
    """A coroutine function that raises ``NotImplementedError`` with this sentence."""

    async def refuse(*args: object, **options: object) -> NoReturn:
        raise NotImplementedError(sentence)

    return refuse
