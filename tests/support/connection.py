"""The worker's end of a connection, for tests that depend on the order of messages."""

from __future__ import annotations

import asyncio

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import (
    FromKernel,
    Request,
    Response,
    ResponseBody,
)
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from .apps import run_app

START = {"type": "http.response.start", "status": 200, "headers": []}


class WorkerEnd:
    """The other end of a connection, and the way to run an app on it."""

    def __init__(self, method: str = "GET", *, body: bool = False) -> None:
        self.posted: asyncio.Queue[FromKernel] = asyncio.Queue()
        request = Request("1", "worker", 0, method, "https://example.org/", b"", body)
        self.connection = BrowserHttpConnection(request, self.posted.put_nowait, "")

    def run(self, app: ASGIApp) -> asyncio.Task[None]:
        return asyncio.create_task(self._run(app))

    async def _run(self, app: ASGIApp) -> None:
        await run_app(app, self.connection)

    def drain(self) -> list[FromKernel]:
        """The messages posted since the last one read."""
        return [self.posted.get_nowait() for _ in range(self.posted.qsize())]

    async def next(self) -> FromKernel:
        return await asyncio.wait_for(self.posted.get(), 10)

    def bytes_posted(self) -> int:
        size = 0
        while not self.posted.empty():
            message = self.posted.get_nowait()
            assert isinstance(message, Response | ResponseBody)
            size += len(message.chunk)
        return size


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"Content-Type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})
