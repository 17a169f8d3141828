"""An app that raises, or sends nothing, or the wrong thing, is answered for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from ...errors import ClientDisconnected, MalformedResponse, ResponseAborted
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages

#: Seconds that a bland 500 is held back for the exception that usually follows it.
HOLD_BACK = 0.05

_BLAND = b"Internal Server Error"


def answer_errors(app: ASGIApp, report: Callable[[str], object]) -> ASGIApp:
    """Middleware that sends an error page in place of the response which the app fails to send.

    A response that has begun cannot be taken back: then ``ResponseAborted`` is raised. A WebSocket
    is closed with code 1011 (RFC 6455, section 7.4.1).

    Args:
        app: what may fail.
        report: takes the traceback, or the sentence, that the app's author reads.
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
        report(error_pages.format_traceback(error))
        with contextlib.suppress(ClientDisconnected, RuntimeError):  # closed already
            await send({"type": "websocket.close", "code": 1011})


class _Response:
    """A response, held back as long as it can be taken back."""

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
            reason = "The app was stopped before it had answered."
            with contextlib.suppress(ResponseAborted):  # as the host says
                await self._end(error_pages.unanswered(self._scope, reason))
            raise
        except ClientDisconnected:
            return
        except ResponseAborted:  # by the host, which has refused a message
            raise
        except MalformedResponse as malformed:
            page = error_pages.malformed(self._scope, malformed.fault)
            self._report(f"{page.sentence}\n")
            self._forget_bland()
            await self._end(page, page.sentence)
        except BaseException as error:
            # SystemExit too: sys.exit() in a handler must not end the kernel's loop.
            self._report(error_pages.format_traceback(error))
            self._forget_bland()
            reason = f"The app raised {type(error).__name__} in the middle of its response."
            await self._end(error_pages.raised(self._scope, error), reason)
        else:
            reason = "The app returned without sending a response."
            await self._end(error_pages.unanswered(self._scope, reason))

    async def send(self, message: Message) -> None:
        """Pass a message on; the head goes with the first part of the body, or a moment later."""
        last = not message.get("more_body", False)
        if message["type"] == "http.response.start":
            self._held = [message]
            if message["status"] != error_pages.STATUS:
                asyncio.get_running_loop().call_soon(self._release_soon)
        elif self._held and last and self._is_bland(message):
            # Starlette answers so, then raises what happened: that is worth waiting for.
            self._held.append(message)
            self._complete = True
            asyncio.get_running_loop().call_later(HOLD_BACK, self._release_soon)
        else:
            if self._held or self._flushing.locked():
                await self._flush()
            await self._send(message)
            self._complete = last

    def _is_bland(self, message: Message) -> bool:
        return self._held[0]["status"] == error_pages.STATUS and message.get("body") == _BLAND

    def _release_soon(self) -> None:
        if self._held:
            self._release = asyncio.get_running_loop().create_task(self._flush_in_time())

    async def _flush_in_time(self) -> None:
        with contextlib.suppress(ResponseAborted):  # the app's next message raises it
            await self._flush()

    async def _flush(self) -> None:
        async with self._flushing:  # the head may be on its way
            held, self._held = self._held, []
            self._begun = self._begun or bool(held)
            with contextlib.suppress(ClientDisconnected):  # the app's next message raises it
                for message in held:
                    await self._send(message)

    def _forget_bland(self) -> None:
        """Let an error page take the place of a bland 500 that is held back."""
        if self._held and self._held[-1].get("body") == _BLAND:
            self._complete = False
            self._held.clear()

    async def _end(self, page: error_pages.ErrorPage, reason: str = "") -> None:
        """Complete the response: what is held if that is all of it, else ``page`` if that can be.

        Raises:
            ResponseAborted: the client has a part of the response.
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
