"""A site in place of a browser's, and the smallest things that many tests need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from jupyterlite_asgi.host import Deliver, Service
from jupyterlite_asgi.protocol import FromKernel, Request, Response, ToPages
from jupyterlite_asgi.registry import serve_as
from jupyterlite_asgi.server import TIMEOUT, Server
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

#: Seconds after which a test has hung.
PATIENCE = 10

SITE = "https://example.org/demo/"

#: When a request was sent that is not read too late, however slow the test.
FRESH = 9e15


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), PATIENCE))


def says(text: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


class FakeComm:
    """What the page is told."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.sent = [data]
        self.closed = asyncio.Event()

    def send(self, data: dict[str, Any]) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed.set()


class FakeEndpoint:
    """A name that this kernel holds."""

    dropped = 0

    def __init__(self, name: str, held: dict[str, FakeEndpoint]) -> None:
        self.service: Service
        self.told: list[ToPages] = []
        self.on_loss: Callable[[], None]
        self._name, self._held = name, held

    def serve(self, service: Service) -> None:
        self.service = service

    def tell(self, message: ToPages) -> None:
        self.told.append(message)

    async def close(self) -> None:
        await asyncio.sleep(0)  # a browser takes its time, too
        if self._held.get(self._name) is self:
            del self._held[self._name]


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


class FakeHost:
    """A site with a worker that knows us, and with names that other notebooks may hold."""

    base_url = SITE

    def __init__(self) -> None:
        self.endpoints: dict[str, FakeEndpoint] = {}
        self.elsewhere: set[str] = set()
        self.comms: list[FakeComm] = []

    async def check(self) -> None:
        return

    async def claim(
        self,
        name: str,
        service: Service,
        *,
        steal: bool = False,
        on_loss: Callable[[], None],
    ) -> FakeEndpoint | None:
        if not steal and (name in self.elsewhere or name in self.endpoints):
            return None
        self.elsewhere.discard(name)
        endpoint = self.endpoints[name] = FakeEndpoint(name, self.endpoints)
        endpoint.on_loss = on_loss
        endpoint.serve(service)
        return endpoint

    def open_comm(self, data: dict[str, Any]) -> FakeComm:
        self.comms.append(FakeComm(data))
        return self.comms[-1]

    async def serve(
        self,
        app: ASGIApp,
        name: str | None = None,
        *,
        timeout: float = TIMEOUT,
        replace: bool = False,
        inject: bool = True,
    ) -> Server:
        """Run a cell that serves ``app``, which it calls so."""
        options: dict[str, Any] = {"timeout": timeout, "replace": replace, "inject": inject}
        return await serve_as(app, "app", name, "panel", self, **options)

    def take(self, name: str) -> None:
        """Let another notebook take ``name`` over."""
        self.elsewhere.add(name)
        self.endpoints.pop(name).on_loss()

    def request(
        self, name: str, *, accept: str = "*/*", mode: str = "cors", sent: float = FRESH
    ) -> Client:
        """Send a GET request to ``name``."""
        client = Client()
        request = Request(
            id="1",
            reply="worker",
            sent=sent,
            method="GET",
            url=f"{SITE}asgi/{name}/",
            headers=f"accept\n{accept}\nsec-fetch-mode\n{mode}".encode(),
            body=False,
        )
        client.deliver = self.endpoints[name].service.accept(request, client.posted.put_nowait)
        return client
