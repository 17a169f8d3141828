"""Limits the size of requests and how many run at once, as servers do in front of an app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import chain

from ...errors import ClientDisconnected
from ...serve_options import Options
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages

#: The close code for WebSockets whose handshake exceeds a limit (RFC 6455, section 7.4.1).
POLICY_VIOLATION = 1008

#: The bytes around a header's name and value: a colon, a space and a line break.
_AROUND = 4


class Limits:
    """Middleware that sends 431, 413 and 503 for requests that exceed the limits of ``options``.

    A request counts as running until its response starts, so that open streams do not keep others
    waiting; WebSockets do not count. Requests beyond that wait for their turn, and as many may
    wait. ``report`` gets a sentence for each refused request.
    """

    def __init__(self, app: ASGIApp, options: Options, report: Callable[[str], object]) -> None:
        limit = options.limit_body
        self._app = app if limit is None else _limit_body(app, limit, report)
        self._options, self._report = options, report
        self._running = 0
        #: The requests' turns, in order, and their tasks.
        self._waiting: dict[asyncio.Future[None], asyncio.Task[None] | None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request within the limits, or refuse it."""
        headers = scope.get("headers", ())
        size = sum(map(len, chain.from_iterable(headers))) + _AROUND * len(headers)
        if scope["type"] == "http":
            if page := self._refusal(scope, size):
                self._report(f"{page.sentence}\n")
                await error_pages.send(send, page)
            else:
                await self._run(scope, receive, send)
        elif size > self._options.limit_headers:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await self._app(scope, receive, send)

    def is_waiting(self, task: asyncio.Task[None]) -> bool:
        """Return whether the request that ``task`` handles still waits for its turn."""
        return task in self._waiting.values()

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app when it is the request's turn."""
        running = False

        async def send_counted(message: Message) -> None:
            nonlocal running
            if running:
                running = False
                self._release()
            await send(message)

        await self._acquire()
        running = True
        try:
            await self._app(scope, receive, send_counted)
        finally:
            if running:
                self._release()

    async def _acquire(self) -> None:
        if self._running < self._options.limit_concurrency:
            self._running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = asyncio.current_task()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._release()  # its turn came, too
            self._waiting.pop(turn, None)
            raise

    def _release(self) -> None:
        """Pass a turn on to the request that has been waiting for the longest."""
        while self._waiting:
            turn = next(iter(self._waiting))
            del self._waiting[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1

    def _refusal(self, scope: Scope, size: int) -> error_pages.ErrorPage | None:
        options = self._options
        if size > options.limit_headers:
            return error_pages.large_headers(scope, size, options.limit_headers)
        if options.limit_body is not None and _declared(scope) > options.limit_body:
            return error_pages.large_body(scope, options.limit_body)
        if len(self._waiting) >= options.limit_concurrency:
            return error_pages.crowded(scope, options.limit_concurrency)
        return None


def _limit_body(app: ASGIApp, limit: int, report: Callable[[str], object]) -> ASGIApp:
    """Middleware that sends 413 once more than ``limit`` bytes of a request's body have come.

    To the app, the client has disconnected then.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        size = 0
        begun = False  # the client has part of the response

        async def receive_some() -> Message:
            nonlocal size
            if size <= limit:
                message = await receive()
                size += len(message.get("body", b""))
                if size <= limit:
                    return message
                await refuse()
            return {"type": "http.disconnect"}

        async def refuse() -> None:
            page = error_pages.large_body(scope, limit)
            report(f"{page.sentence}\n")
            if not begun:
                await error_pages.send(send, page)

        async def send_unless_refused(message: Message) -> None:
            nonlocal begun
            if size > limit:
                raise ClientDisconnected("The request's body is too large.")
            begun = True
            await send(message)

        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        try:
            await app(scope, receive_some, send_unless_refused)
        except (asyncio.CancelledError, Exception):
            if size <= limit or begun:
                raise  # otherwise the client has got its 413

    return limited


def _declared(scope: Scope) -> int:
    """Return the length that a request declares for its body, 0 if unknown."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
