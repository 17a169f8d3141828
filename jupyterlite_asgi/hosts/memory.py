"""Requests that this process sends to an app itself, past browser and service worker."""

from __future__ import annotations

import asyncio

from ..errors import ResponseAborted
from ..types import Scope
from .http import CHUNK, WINDOW, Head, HttpConnection


class MemoryConnection(HttpConnection):
    """A request from this process, with a window of 1 MiB in each direction."""

    def __init__(self, scope: Scope, *, has_body: bool = False) -> None:
        super().__init__(scope, has_body=has_body)
        self._room = WINDOW
        self._credited = asyncio.Event()
        self._received: asyncio.Future[Head]
        self._received = asyncio.get_running_loop().create_future()
        self._parts: asyncio.Queue[tuple[bytes, bool] | Exception] = asyncio.Queue()

    async def upload(self, chunk: bytes, *, more: bool) -> None:
        """Send a part of the request's body, within the window."""
        for start in range(0, max(len(chunk), 1), CHUNK):
            while self._room <= 0:
                self._credited.clear()
                await self._credited.wait()
            part = chunk[start : start + CHUNK]
            self._room -= len(part)
            self.feed(part, more or start + CHUNK < len(chunk))

    async def head(self) -> Head:
        """Wait for the response; return its head.

        Raises:
            ResponseAborted: the app sent none.
        """
        return await asyncio.shield(self._received)

    async def read(self) -> tuple[bytes, bool]:
        """Return the next part of the response's body, and whether more follows.

        Call ``grant()`` with its size afterwards: the app stays within a window.

        Raises:
            ResponseAborted: the response was cut off.
        """
        part = await self._parts.get()
        if isinstance(part, Exception):
            raise part
        return part

    def fail(self, error: Exception) -> None:
        """Raise ``error`` in whatever reads the response."""
        if self._received.done():
            self._parts.put_nowait(error)
        else:
            self._received.set_exception(error)
            self._received.exception()  # it may never be read

    def close(self) -> None:
        """Stop reading."""
        if not self._complete:
            self.disconnect()

    def _post_head(self, head: Head, chunk: bytes, more: bool) -> None:
        self._received.set_result(head)
        self._post_body(chunk, more)

    def _post_body(self, chunk: bytes, more: bool) -> None:
        self._parts.put_nowait((chunk, more))

    def _post_credit(self, size: int) -> None:
        self._room += size
        self._credited.set()

    def _post_abort(self, reason: str) -> None:
        self.fail(ResponseAborted(reason))
