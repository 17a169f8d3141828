"""Limits the time to the first byte of a response: then sends 504 and cancels the task.

Code that does not return to the loop is cancelled where it runs, if the host can do that.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from types import FrameType

from ...errors import ClientDisconnected
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages, preemption

#: Seconds until code that has caught its cancellation is cancelled again.
AGAIN = 1.0


def limit_time(app: ASGIApp, seconds: float) -> ASGIApp:
    """Middleware that cancels a request if the app has sent nothing after ``seconds``.

    A WebSocket that is neither accepted nor refused by then is closed with code 1013.
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
        self._due = asyncio.get_running_loop().time() + seconds
        self._done = False  # has no deadline any more
        self._late: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp, receive: Receive, deadlines: Deadlines) -> None:
        deadlines.set(self, self._expire)
        outer = preemption.current.set(self)
        try:
            await app(self._scope, receive, self._send_in_time)
        except (asyncio.CancelledError, Exception):
            if self._late is None:
                raise  # otherwise the client has got its 504
        finally:
            self._done = True
            preemption.current.reset(outer)
            deadlines.discard(self)
        if self._late is not None:
            await self._late

    def is_due(self) -> bool:
        """See ``Preemptible``."""
        return not self._done and asyncio.get_running_loop().time() >= self._due

    def preempt(self, frame: FrameType) -> None:
        """See ``Preemptible``."""
        self._due = asyncio.get_running_loop().time() + AGAIN
        self._answer_late(f"ran {error_pages.place_of(frame)}")

    async def _send_in_time(self, message: Message) -> None:
        if self._late is not None:
            raise ClientDisconnected("The timeout for this response has expired.")
        self._done = True
        await self._send(message)

    def _expire(self) -> None:
        assert self._task is not None
        if not self._done:
            place = error_pages.awaited_place(self._task)
            self._answer_late(f"waited at {place}" if place else "")
            self._task.cancel()

    def _answer_late(self, doing: str) -> None:
        """Send the 504, in a new task, because the app may ignore its cancellation."""
        if self._late is None:
            self._late = asyncio.get_running_loop().create_task(self._answer(doing))

    async def _answer(self, doing: str) -> None:
        with contextlib.suppress(ClientDisconnected):
            if self._scope["type"] == "websocket":
                await self._send({"type": "websocket.close", "code": 1013})
            else:
                page = error_pages.late(self._scope, self._seconds, doing)
                await error_pages.send(self._send, page)


class Deadlines:
    """Calls back when a deadline passes, ``seconds`` after it was set.

    One timer serves all deadlines, because Pyodide's loop keeps a cancelled timer, and all that it
    references, until it would have been due.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}  # earliest first
        self._waiting = False

    def set(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Call ``callback`` after ``seconds``, unless ``key`` is discarded."""
        self._due.pop(key, None)
        self._due[key] = (asyncio.get_running_loop().time() + self._seconds, callback)
        self._wait(self._seconds)

    def discard(self, key: Hashable) -> None:
        """Cancel the deadline of ``key``."""
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
