"""What a browser refuses whichever library asks: the same errors as before, and what to do instead.

Seen in Python 3.14 of Pyodide 314, whose own words are ``can't start new thread`` and ``Not
supported``. Its sockets even seem to connect, and then wait for an answer that never comes.
"""

from __future__ import annotations

import errno
import functools
from types import ModuleType
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


def mend_threads(module: ModuleType) -> None:
    """Say what takes the place of a thread that cannot start."""
    start = module.Thread.start

    @functools.wraps(start)
    def start_or_tell(thread: Any) -> None:
        try:
            start(thread)
        except RuntimeError as error:
            if str(error) != "can't start new thread":
                raise  # it was started before
            raise RuntimeError(THREAD) from None

    module.Thread.start = start_or_tell


def mend_sockets(module: ModuleType) -> None:
    """Refuse at once what would wait for ever, and say what takes its place."""
    module.socket.listen = _refuse(errno.ENOTSUP, LISTEN)
    module.socket.connect = _refuse(errno.ENOTSUP, CONNECT)
    module.socket.connect_ex = _refuse(errno.ENOTSUP, CONNECT)


def mend_loop(module: ModuleType) -> None:
    """The same of the loop's own sockets and programs, which many servers and clients use."""
    loop = module.WebLoop
    loop.create_server = loop.create_unix_server = _refuse_awaited(LISTEN)
    loop.sock_connect = loop.create_unix_connection = _refuse_awaited(CONNECT)
    loop.subprocess_exec = loop.subprocess_shell = _refuse_awaited(PROGRAM)


def mend_programs(module: ModuleType) -> None:
    """Say what takes the place of a program."""
    module.Popen.__init__ = _refuse(errno.ENOTSUP, PROGRAM)


def unread(url: str) -> str:
    """What to say where the browser's ``fetch`` of ``url`` failed; it never tells the reason."""
    site = "/".join(url.split("/", 3)[:3])
    return (
        f"the browser gave this page nothing from {site}: either it cannot be reached, or it does "
        "not let pages of other sites read it (CORS); ask one that does, or bring the data along"
    )


def _refuse(number: int, sentence: str) -> Any:
    def refuse(*args: object, **options: object) -> NoReturn:
        raise OSError(number, sentence)

    return refuse


def _refuse_awaited(sentence: str) -> Any:
    async def refuse(*args: object, **options: object) -> NoReturn:
        raise NotImplementedError(sentence)

    return refuse
