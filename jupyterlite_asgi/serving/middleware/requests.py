"""The requests that an app is answering: ended when it stops, reported when they finish."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import quote

from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages
from ..events import RequestFinished

#: Seconds that requests in flight get to end by themselves when their app is stopped.
GRACE = 2.0


class Requests:
    """Middleware that knows the requests in flight.

    Args:
        app: answers them.
        name: the app's.
        on_finish: called with each that has ended.
    """

    def __init__(
        self, app: ASGIApp, name: str, on_finish: Callable[[RequestFinished], object]
    ) -> None:
        self._app, self._name, self._on_finish = app, name, on_finish
        self._in_flight: dict[asyncio.Task[object], _Request] = {}
        self._draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; 503 once the app is being stopped."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        task = asyncio.current_task()
        assert task is not None
        request = self._in_flight[task] = _Request(receive, send)
        try:
            if self._draining:
                await _refuse(scope, request.send, self._name)
            else:
                await self._app(scope, request.receive, request.send)
        finally:
            del self._in_flight[task]
            if scope["type"] == "http":
                self._on_finish(request.finish(self._name, scope))

    async def drain(self) -> None:
        """End the requests in flight: they see their client leave, then are cancelled.

        A request that stops its own app is let go on; a response that has begun is cut off.
        """
        self._draining = True
        for task, request in self._others():
            request.disconnect()
            if request.status:
                task.cancel()
        await self._settle()
        for task, _ in self._others():
            task.cancel()
        await self._settle()

    async def _settle(self) -> None:
        tasks = [task for task, _ in self._others()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)

    def _others(self) -> list[tuple[asyncio.Task[object], _Request]]:
        current = asyncio.current_task()
        return [(task, each) for task, each in self._in_flight.items() if task is not current]


class _Request:
    """A request in flight."""

    def __init__(self, receive: Receive, send: Send) -> None:
        #: The response's; 0 until it has begun.
        self.status = 0
        self._receive, self._send = receive, send
        self._started, self._clock = time.time(), time.perf_counter()
        self._waiting: set[asyncio.Task[object] | None] = set()
        self._stopping = False

    def disconnect(self) -> None:
        """Let the app believe that its client has left; what it still sends is delivered."""
        self._stopping = True
        for task in self._waiting:
            if task is not None:
                task.cancel()

    async def receive(self) -> Message:
        """The next message for the app.

        A wait is ended by cancelling the task in which it is: to race each message against the
        stop would take two tasks a message.
        """
        gone = {"type": "http.disconnect"}
        if self._stopping:
            return gone
        task = asyncio.current_task()
        self._waiting.add(task)
        try:
            return await self._receive()
        except asyncio.CancelledError:
            if not self._is_ended_by_us():
                raise
            uncancel = getattr(task, "uncancel", None)  # from Python 3.11
            if uncancel is not None:
                uncancel()
            return gone
        finally:
            self._waiting.discard(task)

    def _is_ended_by_us(self) -> bool:
        return self._stopping and not self.status

    async def send(self, message: Message) -> None:
        """Pass a message of the app on."""
        if not self.status:
            self.status = int(message.get("status", 101))  # of a WebSocket
        await self._send(message)

    def finish(self, name: str, scope: Scope) -> RequestFinished:
        """What there is to say of it now that it has ended."""
        duration = round((time.perf_counter() - self._clock) * 1000, 1)
        started = round(self._started * 1000)
        root, host = scope["root_path"], dict(scope["headers"]).get(b"host", b"").decode()
        url = f"{scope['scheme']}://{host}{quote(root)}/"
        path = scope["path"].removeprefix(root)
        return RequestFinished(name, url, scope["method"], path, self.status, started, duration)


async def _refuse(scope: Scope, send: Send, name: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1001})
    else:
        await error_pages.send(send, error_pages.stopping(scope, name))
