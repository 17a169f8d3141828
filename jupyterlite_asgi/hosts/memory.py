"""A host within this process: apps are called by those who hold it, and by no URL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..errors import ResponseAborted
from ..serving.options import Options
from ..types import ASGIApp, HeaderPairs, Scope
from .http import CHUNK, WINDOW, HttpConnection


class MemoryConnection(HttpConnection):
    """A request of this process, with a window of 1 MiB each way."""

    def __init__(self, scope: Scope, *, has_body: bool = False) -> None:
        super().__init__(scope, has_body=has_body)
        self._room = WINDOW
        self._credited = asyncio.Event()
        self._head: asyncio.Future[tuple[int, HeaderPairs]]
        self._head = asyncio.get_running_loop().create_future()
        self._parts: asyncio.Queue[tuple[bytes, bool] | Exception] = asyncio.Queue()

    async def upload(self, chunk: bytes, *, more: bool) -> None:
        """Send a part of the request's body, as soon as the app has room for it."""
        for start in range(0, max(len(chunk), 1), CHUNK):
            while self._room <= 0:
                self._credited.clear()
                await self._credited.wait()
            part = chunk[start : start + CHUNK]
            self._room -= len(part)
            self.feed(part, more or start + CHUNK < len(chunk))

    async def head(self) -> tuple[int, HeaderPairs]:
        """Wait for the response; give its status and headers.

        Raises:
            ResponseAborted: there is none.
        """
        return await asyncio.shield(self._head)

    async def read(self) -> tuple[bytes, bool]:
        """Give the next part of the response's body, and whether more is to come.

        ``grant()`` its size once it is dealt with: the app is a window ahead at most.

        Raises:
            ResponseAborted: the response broke off.
        """
        part = await self._parts.get()
        if isinstance(part, Exception):
            raise part
        return part

    def fail(self, error: Exception) -> None:
        """Let whoever reads the response get ``error``."""
        if self._head.done():
            self._parts.put_nowait(error)
        else:
            self._head.set_exception(error)
            self._head.exception()  # it may never be read

    def close(self) -> None:
        """Read no more."""
        if not self._complete:
            self.disconnect()

    def _post_head(self, status: int, headers: HeaderPairs, chunk: bytes, more: bool) -> None:
        self._head.set_result((status, headers))
        self._post_body(chunk, more)

    def _post_body(self, chunk: bytes, more: bool) -> None:
        self._parts.put_nowait((chunk, more))

    def _post_credit(self, size: int) -> None:
        self._room += size
        self._credited.set()

    def _post_abort(self, reason: str) -> None:
        self.fail(ResponseAborted(reason))


class MemoryEndpoint:
    """A name, and the app that was mounted last.

    Args:
        url: where it would answer, with a slash at its end.
        close: called when the name is free.
    """

    #: As ``Host.mount`` has them.
    app: ASGIApp
    options: Options
    on_loss: Callable[[], None]

    def __init__(self, url: str, close: Callable[[MemoryEndpoint], object]) -> None:
        self.url = url
        self._close = close

    async def close(self) -> None:
        """Free the name; a second call does nothing."""
        await asyncio.sleep(0)  # as every host takes a moment
        self._close(self)


class MemoryHost:
    """Holds apps by name.

    Args:
        base_url: what URLs begin with, with a slash at its end.
    """

    def __init__(self, base_url: str = "http://localhost/") -> None:
        self.endpoints: dict[str, MemoryEndpoint] = {}
        self.base_url = base_url

    async def check(self) -> None:
        """Apps can always be reached here."""

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> MemoryEndpoint | None:
        """See ``Host.mount``; no other process can hold a name."""

        def close(closed: MemoryEndpoint) -> None:
            if self.endpoints.get(name) is closed:
                del self.endpoints[name]

        if name not in self.endpoints:
            self.endpoints[name] = MemoryEndpoint(f"{self.base_url}{name}/", close)
        endpoint = self.endpoints[name]
        endpoint.app, endpoint.options, endpoint.on_loss = app, options, on_loss
        return endpoint
