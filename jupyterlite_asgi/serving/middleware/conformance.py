"""Checks that apps conform to ASGI (HTTP spec 2.4) and HTTP (RFC 9110)."""

from __future__ import annotations

import asyncio
import re
from os import SEEK_END
from pathlib import Path

from ...errors import ClientDisconnected, MalformedResponse
from ...types import ASGIApp, Message, Receive, Scope, Send

#: The characters of a header's name, and those not allowed in its value (RFC 9110, section 5).
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_VALUE = re.compile(rb"[\0\r\n]")

#: The digits of a Content-Length.
_LENGTH = re.compile(rb"[0-9]{1,18}")

#: Statuses whose Content-Length, if any, is that of another response (RFC 9110, section 8.6).
_NO_CONTENT = (204, 205, 304)


def check(app: ASGIApp) -> ASGIApp:
    """Middleware that raises in the app when it sends an invalid HTTP message, and drops that.

    After the app has ended, ``MalformedResponse`` is raised for the first such message, even if
    the app caught the exception.
    """

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        response = _Response(send, has_content=scope["method"] != "HEAD")
        try:
            await app(scope, receive, response.send)
        except (asyncio.CancelledError, ClientDisconnected):
            raise
        except BaseException:
            if response.malformed is None:
                raise
        if response.malformed is not None:
            raise MalformedResponse(response.malformed)

    return checked


class _Response:
    """The progress of a response."""

    def __init__(self, send: Send, *, has_content: bool) -> None:
        self.malformed: Exception | None = None
        self._send = send
        self._has_content = has_content
        self._missing: int | None = None  # bytes until Content-Length; None if it does not apply
        self._started = False
        self._parts = False  # part of the body was sent
        self._complete = False
        self._trailers = False  # trailers follow

    async def send(self, message: Message) -> None:
        """Pass a message on if it is valid.

        Raises:
            RuntimeError: the message is not allowed now.
            TypeError: a field has the wrong type.
            ValueError: the status or a header is invalid.
            OSError: the file to send cannot be read, which does not make the response malformed.
        """
        try:
            message = self._check(message)
        except (RuntimeError, TypeError, ValueError) as error:
            self.malformed = self.malformed or error
            raise
        await self._send(message)

    def _check(self, message: Message) -> Message:
        kind = message["type"]
        if self._complete and not self._trailers:
            raise RuntimeError(
                f"Unexpected ASGI message {kind!r} sent, after the response was complete."
            )
        if not self._started:
            _expect("http.response.start", kind)
            return self._check_start(message)
        if self._complete:
            _expect("http.response.trailers", kind)
            self._trailers = bool(message.get("more_trailers", False))
        elif kind == "http.response.pathsend" and not self._parts:
            with Path(message["path"]).open("rb") as file:  # if that raises, a body may be sent
                self._count(file.seek(0, SEEK_END), more=False)
            self._complete = True
        else:
            _expect("http.response.body", kind)
            body = message.get("body", b"")
            if not isinstance(body, bytes | bytearray | memoryview):
                raise TypeError(f"Expected the body as bytes, but got {type(body).__name__}.")
            more = bool(message.get("more_body", False))
            self._count(memoryview(body).nbytes, more=more)
            self._parts = True
            self._complete = not more
        return message

    def _count(self, size: int, *, more: bool) -> None:
        """Compare the body with its Content-Length (RFC 9110, section 8.6), like uvicorn."""
        if self._missing is None:
            return
        if size > self._missing:
            raise RuntimeError("Response content longer than Content-Length.")
        if size < self._missing and not more:
            raise RuntimeError("Response content shorter than Content-Length.")
        self._missing -= size

    def _check_start(self, message: Message) -> Message:
        status = message["status"]
        if not isinstance(status, int):
            raise TypeError(f"Expected the status as an int, but got {status!r}.")
        if not 200 <= status <= 599:
            raise ValueError(f"Expected a status from 200 to 599, but got {status}.")
        headers = [(_bytes(name), _bytes(value)) for name, value in message.get("headers", ())]
        for name, value in headers:
            if not _NAME.fullmatch(name) or _NO_VALUE.search(value):
                raise ValueError(
                    f"The response header {name!r} with the value {value!r} is invalid."
                )
        lengths = {value for name, value in headers if name.lower() == b"content-length"}
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise ValueError(f"The response header 'content-length' is invalid: {lengths!r}.")
        if lengths and self._has_content and status not in _NO_CONTENT:
            self._missing = int(lengths.pop())
        self._started = True
        self._trailers = bool(message.get("trailers", False))
        return {**message, "status": int(status), "headers": headers}


def _expect(expected: str, kind: str) -> None:
    if kind != expected:
        raise RuntimeError(f"Expected ASGI message {expected!r}, but got {kind!r}.")


def _bytes(part: object) -> bytes:
    if not isinstance(part, bytes | bytearray | memoryview):
        kind = f"{type(part).__name__} ({part!r})"
        raise TypeError(f"Expected header names and values as bytes, but got {kind}.")
    return bytes(part)
