"""An ASGI app called by hand: a scope, and a queue of messages each way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send

from .asyncio_plugin import TIME_LIMIT

LIFESPAN: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}

START: Message = {"type": "http.response.start", "status": 200, "headers": []}

REQUEST: Message = {"type": "http.request", "body": b"", "more_body": False}

DISCONNECT: Message = {"type": "http.disconnect"}


def http(path: str = "/", *, method: str = "GET", headers: HeaderPairs | None = None) -> Scope:
    """The scope of a request to an app that is mounted at ``/asgi/app``."""
    return http_scope(method, f"https://example.org/asgi/app{path}", headers or [], "/asgi/app")


def websocket(path: str = "/", *, headers: HeaderPairs | None = None) -> Scope:
    """The scope of a WebSocket to the same app."""
    scope = {**http(path, headers=headers), "type": "websocket", "scheme": "wss"}
    del scope["method"]
    return {**scope, "subprotocols": []}


def body(content: bytes = b"hello", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


class AppCall:
    """Calls ``app`` in a task of its own.

    Args:
        app: the app, with the middleware around it.
        scope: the scope to call it with.
        *messages: messages that it can receive at once.
    """

    def __init__(self, app: ASGIApp, scope: Scope, *messages: Message) -> None:
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        for message in messages:
            self.deliver(message)
        call = app(scope, self._to_app.get, self._from_app.put)
        self.task: asyncio.Future[None] = asyncio.ensure_future(call)

    def deliver(self, message: Message) -> None:
        """Let the app receive ``message``."""
        self._to_app.put_nowait(message)

    async def next(self) -> Message:
        """Wait for the next message that the app sends."""
        return await asyncio.wait_for(self._from_app.get(), TIME_LIMIT)

    def rest(self) -> list[Message]:
        """The messages that it has sent since the last one read."""
        return [self._from_app.get_nowait() for _ in range(self._from_app.qsize())]

    async def all(self) -> list[Message]:
        """Wait for the call to end; return the messages it sent, or raise its exception."""
        await asyncio.wait_for(self.task, TIME_LIMIT)
        return self.rest()


def sends(*messages: Message) -> ASGIApp:
    """An app that sends ``messages`` and ends."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


async def passes_through(scope: Scope, middleware: Callable[[ASGIApp], ASGIApp]) -> bool:
    """Whether the middleware calls the app with the same scope, ``receive`` and ``send``."""
    got: list[object] = []

    async def app(*arguments: object) -> None:
        got.extend(arguments)

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError

    await middleware(app)(scope, receive, send)
    return [id(one) for one in got] == [id(one) for one in (scope, receive, send)]
