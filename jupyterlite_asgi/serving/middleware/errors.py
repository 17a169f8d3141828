"""Responds for apps that raise, or that send an invalid response or none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from ...errors import ClientDisconnected, MalformedResponse, ResponseAborted
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages
from ..tracebacks import format_traceback

#: Seconds to hold a generic 500 back, because an exception usually follows.
HOLD_BACK = 0.05

_GENERIC = b"Internal Server Error"


def answer_errors(app: ASGIApp, report: Callable[[str], object]) -> ASGIApp:
    """Middleware that sends an error page if the app fails to send a response.

    If the response has started, ``ResponseAborted`` is raised instead. A WebSocket is closed with
    code 1011 (RFC 6455, section 7.4.1). ``report`` gets the traceback, or a sentence, for the app's
    author.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Response(scope, send, report).run(app, receive)
        elif scope["type"] == "websocket":
            await _run_socket(app, scope, receive, send, report)
        else:
            await app(scope, receive, send)

    return answered


async def _run_socket(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, report: Callable[[str], object]
) -> None:
    try:
        await app(scope, receive, send)
    except (asyncio.CancelledError, ClientDisconnected):
        raise
    except BaseException as error:
        report(format_traceback(error))
        with contextlib.suppress(ClientDisconnected, RuntimeError):  # closed already
            await send({"type": "websocket.close", "code": 1011})


class _Response:
    """A response, held back while an error page may still replace it."""

    def __init__(self, scope: Scope, send: Send, report: Callable[[str], object]) -> None:
        self._scope, self._send, self._report = scope, send, report
        self._held: list[Message] = []
        self._begun = False  # the client has the head
        self._complete = False
        self._flushing = asyncio.Lock()
        self._release: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        try:
            await app(self._scope, receive, self.send)
        except asyncio.CancelledError:
            reason = "The app was stopped before it responded."
            with contextlib.suppress(ResponseAborted):  # the host aborts it
                await self._end(error_pages.unanswered(self._scope, reason, 503))
            raise
        except ClientDisconnected:
            return
        except ResponseAborted:  # by the host, which rejected a message
            raise
        except MalformedResponse as malformed:
            page = error_pages.malformed(self._scope, malformed.fault)
            self._report(f"{page.sentence}\n")
            self._drop_generic()
            await self._end(page, page.sentence)
        except BaseException as error:
            # Including SystemExit: sys.exit() in a handler must not end the kernel's loop.
            self._report(format_traceback(error))
            self._drop_generic()
            reason = f"The app raised {type(error).__name__} in the middle of its response."
            await self._end(error_pages.raised(self._scope, error), reason)
        else:
            reason = "The app returned without sending a response."
            await self._end(error_pages.unanswered(self._scope, reason))

    async def send(self, message: Message) -> None:
        """Pass a message on; the head waits a moment for the first part of the body."""
        last = not message.get("more_body", False)
        if message["type"] == "http.response.start":
            self._held = [message]
            if message["status"] != error_pages.STATUS:
                asyncio.get_running_loop().call_soon(self._release_soon)
        elif self._held and last and self._is_generic(message):
            # Starlette sends this before it raises the exception, which is worth waiting for.
            self._held.append(message)
            self._complete = True
            asyncio.get_running_loop().call_later(HOLD_BACK, self._release_soon)
        else:
            if self._held or self._flushing.locked():
                await self._flush()
            await self._send(message)
            self._complete = last

    def _is_generic(self, message: Message) -> bool:
        return self._held[0]["status"] == error_pages.STATUS and message.get("body") == _GENERIC

    def _release_soon(self) -> None:
        if self._held:
            self._release = asyncio.get_running_loop().create_task(self._flush_in_time())

    async def _flush_in_time(self) -> None:
        with contextlib.suppress(ResponseAborted):  # the app's next message raises it
            await self._flush()

    async def _flush(self) -> None:
        async with self._flushing:  # the head may be being sent
            held, self._held = self._held, []
            self._begun = self._begun or bool(held)
            with contextlib.suppress(ClientDisconnected):  # the app's next message raises it
                for message in held:
                    await self._send(message)

    def _drop_generic(self) -> None:
        """Drop a generic 500 that is held back, so that an error page replaces it."""
        if self._held and self._held[-1].get("body") == _GENERIC:
            self._complete = False
            self._held.clear()

    async def _end(self, page: error_pages.ErrorPage, reason: str = "") -> None:
        """Complete the response: send what is held if it is complete, else ``page``.

        Raises:
            ResponseAborted: the client already has part of the response.
        """
        if self._complete:
            await self._flush()
        elif self._begun:
            raise ResponseAborted(reason or "The app ended before its response was complete.")
        else:
            self._held.clear()
            self._begun = self._complete = True
            with contextlib.suppress(ClientDisconnected):
                await error_pages.send(self._send, page)
