"""A time limit for the first byte of each response: then 504, and the task is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable

from ...errors import ClientDisconnected
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages


def limit_time(app: ASGIApp, seconds: float) -> ASGIApp:
    """Middleware that gives up an app which has sent nothing for ``seconds``.

    A WebSocket must be accepted or refused within that time, or it is closed (code 1013).
    """
    deadlines = Deadlines(seconds)

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        else:
            await _Attempt(scope, send, seconds).run(app, receive, deadlines)

    return limited


class _Attempt:
    """One request and its deadline."""

    def __init__(self, scope: Scope, send: Send, seconds: float) -> None:
        self._scope, self._send, self._seconds = scope, send, seconds
        self._task = asyncio.current_task()
        self._begun = False
        self._late: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp, receive: Receive, deadlines: Deadlines) -> None:
        deadlines.set(self, self._expire)
        try:
            await app(self._scope, receive, self._send_in_time)
        except (asyncio.CancelledError, Exception):
            if self._late is None:
                raise  # else the client has its answer, whatever the app makes of that
        finally:
            deadlines.discard(self)
        if self._late is not None:
            await self._late

    async def _send_in_time(self, message: Message) -> None:
        if self._late is not None:
            raise ClientDisconnected("The time for this response is over.")
        self._begun = True
        await self._send(message)

    def _expire(self) -> None:
        assert self._task is not None
        if not self._begun:
            # The app may not end when it is cancelled: its client gets the answer all the same.
            self._late = asyncio.get_running_loop().create_task(self._answer(self._task))
            self._task.cancel()

    async def _answer(self, task: asyncio.Task[None]) -> None:
        with contextlib.suppress(ClientDisconnected):
            if self._scope["type"] == "websocket":
                await self._send({"type": "websocket.close", "code": 1013})
            else:
                page = error_pages.late(self._scope, self._seconds, task)
                await error_pages.send(self._send, page)


class Deadlines:
    """Calls back for what is not done in time.

    One timer serves them all: Pyodide's loop keeps a timer that was cancelled, and what it refers
    to, until it would have been due.

    Args:
        seconds: how long after it was set each of them is.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}  # the first comes first
        self._waiting = False

    def set(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Call ``callback`` at the deadline of ``key``, which begins now."""
        self._due.pop(key, None)
        self._due[key] = (asyncio.get_running_loop().time() + self._seconds, callback)
        self._wait(self._seconds)

    def discard(self, key: Hashable) -> None:
        """Forget ``key``, which is done."""
        self._due.pop(key, None)

    def _wait(self, seconds: float) -> None:
        if not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(seconds, self._check)

    def _check(self) -> None:
        self._waiting = False
        now = asyncio.get_running_loop().time()
        while self._due:
            key, (due, callback) = next(iter(self._due.items()))
            if due > now:
                self._wait(due - now)
                return
            del self._due[key]
            callback()
