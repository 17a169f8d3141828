"""One request and its response, as messages between worker and kernel."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    FromKernel,
    Request,
    RequestBody,
    Response,
    ResponseBody,
    ResponseCredit,
    join_headers,
    split_headers,
)
from jupyterlite_asgi.types import ASGIApp, HeaderPairs

from .apps import run_app
from .asyncio_plugin import TIME_LIMIT


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the kernel posted for one request, as the worker sees it."""

    messages: list[FromKernel]

    @property
    def head(self) -> Response:
        (head,) = (message for message in self.messages if isinstance(message, Response))
        return head

    @property
    def status(self) -> int:
        return self.head.status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(split_headers(self.head.headers))

    @property
    def chunks(self) -> list[bytes]:
        return [m.chunk for m in self.messages if isinstance(m, Response | ResponseBody)]

    @property
    def text(self) -> str:
        return b"".join(self.chunks).decode()

    @property
    def abort(self) -> str | None:
        return next((m.reason for m in self.messages if isinstance(m, Abort)), None)


class Exchange(Protocol):
    """Runs an app for one request, and reads the whole response."""

    def __call__(
        self,
        app: ASGIApp,
        path: str = "/",
        *,
        method: str = "GET",
        headers: HeaderPairs = ...,
        body: Sequence[bytes] = ...,
        host: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> Answer: ...


def run_exchange(
    app: ASGIApp,
    path: str = "/",
    *,
    method: str = "GET",
    headers: HeaderPairs | None = None,
    body: Sequence[bytes] = (),
    host: Callable[[ASGIApp], ASGIApp] | None = None,
) -> Answer:
    """See ``Exchange``. Runs in an event loop of its own."""
    url = f"https://example.org/demo/asgi/app{path}"
    block = join_headers(headers or [])
    request = Request("1", "worker", 0, method, url, block, bool(body))
    messages: list[FromKernel] = []

    async def main() -> None:
        def post(message: FromKernel) -> None:
            messages.append(message)
            if isinstance(message, Response | ResponseBody):
                connection.deliver(ResponseCredit("1", len(message.chunk)))

        connection = BrowserHttpConnection(request, post, "/demo/asgi/app")
        for index, part in enumerate(body, 1):
            connection.deliver(RequestBody("1", part, index < len(body)))
        await asyncio.wait_for(run_app(app, connection, host), TIME_LIMIT)

    asyncio.run(main())
    return Answer(messages)
