"""Tracks the requests in flight: reports each at its end, and ends all when the app stops."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from urllib.parse import quote

from ... import suspension
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages
from ..events import RequestFinished

#: Seconds that requests in flight have to end by themselves when their app stops.
GRACE = 2.0

#: Seconds that the background tasks of complete responses have to end.
BACKGROUND = 10.0

#: The messages of which the last completes a response.
_BODIES = ("http.response.body", "http.response.pathsend")

#: How many characters of a method and of a path are reported, because events are kept.
LENGTH = 2000

#: The close code for WebSockets of a stopped app (RFC 6455, section 7.4.1).
GOING_AWAY = 1001


class Requests:
    """Middleware that tracks the requests in flight to the app ``name``."""

    def __init__(
        self, app: ASGIApp, name: str, on_finish: Callable[[RequestFinished], object]
    ) -> None:
        self._app, self._name, self._on_finish = app, name, on_finish
        self._in_flight: dict[asyncio.Task[object], _Request] = {}
        self._draining = False
        self._url = ""  # the app's, learned from the first request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; respond with 503 once the app is stopping."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        task = asyncio.current_task()
        assert task is not None
        request = self._in_flight[task] = _Request(task, scope, receive, send)
        try:
            if self._draining:
                await _refuse(scope, request.send, self._name)
            else:
                await self._app(scope, request.receive, request.send)
        finally:
            del self._in_flight[task]
            if scope["type"] == "http":
                self._url = self._url or _url_of(scope)
                self._on_finish(request.finish(self._name, self._url))

    async def drain(self) -> None:
        """End the requests in flight: disconnect their clients, then cancel their tasks.

        A request that stops its own app continues; responses that have started are cut off. The
        background tasks of complete responses have longer.

        Raises:
            asyncio.CancelledError: the wait was cancelled, and with it all that was waited for.
        """
        self._draining = True
        for _, request in self._others(False):
            request.disconnect()
        try:
            for complete, seconds in ((False, GRACE), (True, BACKGROUND)):
                await self._settle(complete, seconds=seconds)
                await self._cancel(complete)
        except asyncio.CancelledError:
            await self._cancel(False, True)
            raise

    async def _cancel(self, *complete: bool) -> None:
        for task, _ in self._others(*complete):
            suspension.cancel(task)
        await self._settle(*complete, seconds=GRACE)

    async def _settle(self, *complete: bool, seconds: float) -> None:
        tasks = [task for task, _ in self._others(*complete)]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _others(self, *complete: bool) -> list[tuple[asyncio.Task[object], _Request]]:
        current = asyncio.current_task()
        return [
            (task, each)
            for task, each in self._in_flight.items()
            if task is not current and each.complete in complete
        ]


class _Request:
    """A request in flight, or a WebSocket."""

    def __init__(
        self, task: asyncio.Task[object], scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._task, self._scope, self._receive, self._send = task, scope, receive, send
        self._started, self._clock = time.time(), time.perf_counter()
        self.complete = False  # the response is
        self._status = 0  # 0 until the response has started, and for WebSockets
        self._waiting: set[asyncio.Task[object]] = set()
        self._woken: set[asyncio.Task[object]] = set()
        self._stopping = False

    def disconnect(self) -> None:
        """Tell the app that its client has disconnected, but still deliver its response.

        If the response has started, the task is cancelled.
        """
        self._stopping = True
        woken = self._waiting.copy()
        if self._status:
            woken.discard(self._task)  # Python 3.10 cannot tell the next line's cancellation apart
            suspension.cancel(self._task)
        self._woken |= woken
        for task in woken:
            task.cancel()

    async def receive(self) -> Message:
        """Return the next message for the app.

        To interrupt a wait, its task is cancelled: racing each message against the stop would take
        two tasks per message.
        """
        task = asyncio.current_task()
        assert task is not None
        if self._stopping:
            return self._disconnected()
        cancelled = suspension.cancellations(task)
        self._waiting.add(task)
        try:
            return await self._receive()
        except asyncio.CancelledError:
            if task not in self._woken or _uncancel(task) > cancelled:
                raise
            return self._disconnected()
        finally:
            self._waiting.discard(task)
            self._woken.discard(task)

    def _disconnected(self) -> Message:
        if self._scope["type"] == "websocket":
            return {"type": "websocket.disconnect", "code": GOING_AWAY, "reason": ""}
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass a message on to the client."""
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
        await self._send(message)
        if message["type"] in _BODIES and not message.get("more_body", False):
            self.complete = True

    def finish(self, name: str, url: str) -> RequestFinished:
        """Return the event for the end of this request to the app ``name`` at ``url``."""
        scope = self._scope
        duration = round((time.perf_counter() - self._clock) * 1000, 1)
        started = round(self._started * 1000)
        path = scope["path"].removeprefix(scope["root_path"])[:LENGTH]
        method = scope["method"][:LENGTH]
        return RequestFinished(name, url, method, path, self._status, started, duration)


def _url_of(scope: Scope) -> str:
    host = dict(scope["headers"])[b"host"].decode()
    return f"{scope['scheme']}://{host}{quote(scope['root_path'])}/"


def _uncancel(task: asyncio.Task[object]) -> int:
    """Undo one cancellation of ``task``; return how many are left."""
    return task.uncancel() if sys.version_info >= (3, 11) else 0


async def _refuse(scope: Scope, send: Send, name: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": GOING_AWAY})
    else:
        await error_pages.send(send, error_pages.stopping(scope, name))
