"""A site in place of a browser's, and the smallest things that many tests need."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection, Deliver
from jupyterlite_asgi.hosts.browser.protocol import FromKernel, Request, Response
from jupyterlite_asgi.hosts.http import HttpConnection
from jupyterlite_asgi.hosts.memory import MemoryEndpoint, MemoryHost
from jupyterlite_asgi.notebook.serve import serve_expression
from jupyterlite_asgi.serving.events import AppEvent, RequestFinished
from jupyterlite_asgi.serving.middleware.conformance import check
from jupyterlite_asgi.serving.middleware.errors import answer_errors
from jupyterlite_asgi.serving.options import Options
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

#: Seconds after which a test has hung.
PATIENCE = 10

SITE = "https://example.org/demo/"


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), PATIENCE))


async def run_app(
    app: ASGIApp, connection: HttpConnection, host: Callable[[ASGIApp], ASGIApp] | None = None
) -> None:
    """Answer a request as a runner has ``app`` answer it; its errors go to stderr.

    Args:
        app: the author's.
        connection: brings the request.
        host: middleware that a host puts around all that.
    """
    runner = answer_errors(check(app), sys.stderr.write)
    await connection.run(runner if host is None else host(runner))


def says(text: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


class Client:
    """One request on its way: what the kernel posted, and the way in for more."""

    def __init__(self) -> None:
        self.posted: asyncio.Queue[FromKernel] = asyncio.Queue()
        self.deliver: Deliver | None = None

    async def next(self) -> FromKernel:
        return await asyncio.wait_for(self.posted.get(), PATIENCE)

    async def text(self) -> str:
        message = await self.next()
        assert isinstance(message, Response)
        return message.chunk.decode()


class FakeHost(MemoryHost):
    """A site with a worker that knows us, and with names that other notebooks may hold."""

    def __init__(self) -> None:
        super().__init__(f"{SITE}asgi/")
        self.elsewhere: set[str] = set()
        self.events: list[AppEvent] = []
        self._happened = asyncio.Event()

    def listen(self, event: AppEvent) -> None:
        """Keep the events of apps, but not those of requests."""
        if not isinstance(event, RequestFinished):
            self.events.append(event)
            self._happened.set()

    @property
    def happened(self) -> list[str]:
        return [event.type for event in self.events]

    async def has(self, kind: str) -> None:
        """Return when an event of that type has come."""
        while kind not in self.happened:
            self._happened.clear()
            await self._happened.wait()

    async def mount(
        self,
        name: str,
        app: ASGIApp,
        *,
        timeout: float,
        inject: bool = True,
        steal: bool = False,
        on_loss: Callable[[], None],
    ) -> MemoryEndpoint | None:
        if not steal and name in self.elsewhere:
            return None
        self.elsewhere.discard(name)
        return await super().mount(name, app, timeout=timeout, inject=inject, on_loss=on_loss)

    async def serve(self, app: object, name: str | None = None, **options: Any) -> Server:
        """Run a cell that serves ``app``, which it calls so."""
        return await serve_expression(app, "app", Options(name, **options))

    def take(self, name: str) -> None:
        """Let another notebook take ``name`` over."""
        self.elsewhere.add(name)
        self.endpoints.pop(name).on_loss()

    def request(self, name: str, *, accept: str = "*/*") -> Client:
        """Send a GET request to ``name``, as the worker does."""
        client = Client()
        endpoint = self.endpoints[name]
        request = Request(
            id="1",
            reply="worker",
            sent=0,
            method="GET",
            url=endpoint.url,
            headers=f"accept\n{accept}".encode(),
            body=False,
        )
        root = urlsplit(endpoint.url).path.rstrip("/")
        connection = BrowserHttpConnection(request, client.posted.put_nowait, root)
        connection.start(endpoint.app)
        client.deliver = connection.deliver
        return client
