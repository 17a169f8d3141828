"""A host that stands in for the browser's, and a page that sends requests to its apps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection, Deliver
from jupyterlite_asgi.hosts.browser.protocol import FromKernel, Request, Response
from jupyterlite_asgi.notebook.serve import serve_expression
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.events import AppEvent, RequestFinished
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import ASGIApp

from .asyncio_plugin import TIME_LIMIT
from .memory_host import MemoryEndpoint, MemoryHost

SITE = "https://example.org/demo/"


class BrowserClient:
    """One request in flight: what the kernel has posted, and a way to send it more messages."""

    def __init__(self) -> None:
        self.posted: asyncio.Queue[FromKernel] = asyncio.Queue()
        self.deliver: Deliver | None = None

    async def next(self) -> FromKernel:
        return await asyncio.wait_for(self.posted.get(), TIME_LIMIT)

    async def text(self) -> str:
        message = await self.next()
        assert isinstance(message, Response)
        return message.chunk.decode()


class FakeHost(MemoryHost):
    """A site on which other notebooks may hold names."""

    def __init__(self) -> None:
        super().__init__(f"{SITE}asgi/")
        self.elsewhere: set[str] = set()
        self.events: list[AppEvent] = []
        self._happened = asyncio.Event()

    def listen(self, event: AppEvent) -> None:
        """Record the events of apps, but not those of requests."""
        if not isinstance(event, RequestFinished):
            self.events.append(event)
            self._happened.set()

    @property
    def happened(self) -> list[str]:
        return [event.type for event in self.events]

    async def has(self, kind: str) -> None:
        """Wait for an event of that type."""
        while kind not in self.happened:
            self._happened.clear()
            await self._happened.wait()

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> MemoryEndpoint | None:
        if not options.replace and name in self.elsewhere:
            return None
        self.elsewhere.discard(name)
        return await super().mount(name, app, options, on_loss)

    async def serve(self, app: object, name: str | None = None, **options: Any) -> Server:
        """Serve ``app`` as a cell with ``%asgi_serve app`` does."""
        return await serve_expression(app, "app", Options(name, **options))

    def take(self, name: str) -> None:
        """Let another notebook take ``name`` over."""
        self.elsewhere.add(name)
        self.endpoints.pop(name).on_loss()

    def request(self, name: str, *, accept: str = "*/*") -> BrowserClient:
        """Send a GET request to ``name``, as the worker does."""
        client = BrowserClient()
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
