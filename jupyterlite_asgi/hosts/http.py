"""One HTTP request and its response, between an ASGI app and a host (ASGI HTTP spec 2.4)."""

from __future__ import annotations

import asyncio
import sys
import traceback
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from .. import preemption, suspension
from ..errors import ClientDisconnected, ResponseAborted
from ..types import ASGIApp, HeaderPairs, Message, Scope

#: How many bytes a sender may be ahead of its reader.
WINDOW = 1024 * 1024

#: The maximum bytes of a body in one part.
CHUNK = 256 * 1024

#: Seconds from a client's disconnect until the app's task is cancelled.
NOTICE = 1.0

#: Responses without content, whatever the app sends (RFC 9110, sections 15.3.5, 15.3.6, 15.4.5).
_NO_CONTENT = (204, 205, 304)


#: The usual reasons, by status.
_REASONS = {int(status): status.phrase for status in HTTPStatus}


class Head(NamedTuple):
    """What precedes a response's body."""

    status: int
    #: The text of the status line (RFC 9112, section 4), such as ``Not Found``.
    reason: str
    headers: HeaderPairs

    @classmethod
    def of(cls, message: Message) -> Head:
        """Return the head in ``http.response.start``; its ``reason`` is the WSGI adapter's."""
        status, reason = message["status"], message.get("reason")
        if not isinstance(reason, str):
            reason = _REASONS.get(status, "")
        return cls(status, reason, list(message.get("headers", ())))


class HttpConnection(preemption.Work, ABC):
    """Runs an app for one request. Subclasses send the response to the client.

    If the request has a body, ``feed()`` provides it.
    """

    def __init__(self, scope: Scope, *, has_body: bool) -> None:
        super().__init__()
        # connection
        self.scope = scope
        self._task: asyncio.Task[None] | None = None  # while the app runs
        self._gone = False  # the client has disconnected
        self._changed = asyncio.Event()

        # request
        self._body = deque[tuple[bytes, bool]]([] if has_body else [(b"", False)])
        self._taken = 0

        # response
        self._head = Head(0, "", [])
        self._empty = scope["method"] == "HEAD"
        self._head_sent = False
        self._complete = False
        self._credit = WINDOW

    # Called by the host

    def start(self, app: ASGIApp) -> None:
        """Run ``app`` in a new task."""
        self._task = asyncio.get_running_loop().create_task(self.run(app))

    def feed(self, chunk: bytes, more: bool) -> None:
        """Add a part of the request's body."""
        self._body.append((chunk, more))
        self._changed.set()

    def grant(self, size: int) -> None:
        """Note that the client has read ``size`` bytes of the response's body."""
        self._credit += size
        self._changed.set()

    def disconnect(self) -> None:
        """Tell the app that its client has disconnected; cancel it a second later."""
        if self._gone:
            return
        self._gone = True
        self._changed.set()
        if self._task is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(NOTICE, self.cancel)
            self._due = loop.time() + NOTICE  # should the loop not run by then

    def cancel(self) -> None:
        """See ``Work``."""
        if self._task is not None:
            suspension.cancel(self._task)

    # Implemented by subclasses

    @abstractmethod
    def _post_head(self, head: Head, chunk: bytes, more: bool) -> None:
        """Send the head and the first part of the body."""

    @abstractmethod
    def _post_body(self, chunk: bytes, more: bool) -> None:
        """Send another part of the body."""

    @abstractmethod
    def _post_credit(self, size: int) -> None:
        """Let the client send ``size`` more bytes of the request's body."""

    @abstractmethod
    def _post_abort(self, reason: str) -> None:
        """End the response, unfinished."""

    # Called by the app

    async def receive(self) -> Message:
        """Return the next part of the body; after the last, wait for the client to disconnect."""
        while True:
            if self._gone or self._complete:
                return {"type": "http.disconnect"}
            if self._body:
                chunk, more = self._body.popleft()
                self._take(len(chunk), more)
                return {"type": "http.request", "body": chunk, "more_body": more}
            await self._change()

    async def send(self, message: Message) -> None:
        """Send a message from the app.

        Raises:
            ClientDisconnected: the client has disconnected.
            OSError: a file to send cannot be read.
        """
        if self._gone and self._head_sent and self._empty:
            # The client has all of its response, as of a HEAD: let the app go on, and maybe raise,
            # until it is cancelled.
            await asyncio.sleep(0)
            return
        if self._gone:
            raise ClientDisconnected("The client has disconnected; nothing more can be sent.")
        kind = message["type"]
        if kind == "http.response.start":
            self._head = Head.of(message)
            self._empty = self._empty or self._head.status in _NO_CONTENT
            # The first part of a stream may take long: do not hold back the head.
            asyncio.get_running_loop().call_soon(self._send_head)
        elif kind == "http.response.pathsend":
            if not self._empty:
                for chunk in read_file(message["path"]):
                    await self._send_body(chunk, True)
            await self._send_body(b"", False)
        elif kind == "http.response.body":  # trailers are dropped: browsers ignore them
            await self._send_body(message.get("body", b""), bool(message.get("more_body", False)))

    async def run(self, app: ASGIApp) -> None:
        """Run ``app`` in this task, and make sure that the response ends.

        Raises:
            asyncio.CancelledError: the task was cancelled.
        """
        self._task = asyncio.current_task()
        reason = "The app ended before its response was complete."
        try:
            with preemption.part_of(self):
                await app(self.scope, self.receive, self.send)
        except asyncio.CancelledError:
            if not self._head_sent:
                reason = "The app was stopped before it responded."
            raise
        except ResponseAborted as aborted:
            reason = str(aborted)
        except ClientDisconnected:
            pass
        except Exception as error:  # from our own middleware, which handles the app's
            traceback.print_exception(error, file=sys.stderr)
        finally:
            self._task = self._due = None  # tasks that the app leaves behind go on
            if not (self._complete or self._gone):
                self._complete = True
                self._post_abort(reason)

    async def _send_body(self, body: bytes, more: bool) -> None:
        if self._empty:
            self._emit(b"", more)
            await asyncio.sleep(0)  # makes an endless generator cancellable
            return
        view = memoryview(bytes(body))
        first, rest = view[:CHUNK], view[CHUNK:]
        while True:
            while self._credit <= 0 and not self._gone:
                await self._change()
            if self._gone:
                raise ClientDisconnected("The client has disconnected; nothing more can be sent.")
            self._emit(bytes(first), more or bool(rest))
            if not rest:
                return
            first, rest = rest[:CHUNK], rest[CHUNK:]

    def _send_head(self) -> None:
        if not (self._head_sent or self._gone):
            self._emit(b"", True)

    def _emit(self, chunk: bytes, more: bool) -> None:
        self._credit -= len(chunk)
        self._complete = not more
        self._changed.set()
        if not self._head_sent:
            self._head_sent = True
            self._post_head(self._head, chunk, more)
        elif chunk or not more:
            self._post_body(chunk, more)

    def _take(self, size: int, more: bool) -> None:
        self._taken += size
        if more and self._taken >= CHUNK:
            self._post_credit(self._taken)
            self._taken = 0

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def read_file(path: str) -> Iterator[bytes]:
    """Yield a file's content, in parts of at most ``CHUNK`` bytes."""
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
