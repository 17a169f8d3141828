"""Cookies between the jar and an app's pages: the writes of their scripts, and snapshots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .protocol import COOKIES_HEADER

if TYPE_CHECKING:
    from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
    from .jar import Jar


def with_snapshots(app: ASGIApp, jar: Jar, *, inject: bool = True) -> ASGIApp:
    """Middleware that handles ``COOKIES_HEADER`` and hides it from the app.

    The jar applies the writes of a page's scripts before the app receives the request. A snapshot
    is sent with each page, and with responses to pages that have an older one.

    Args:
        app: an ASGI 3 app.
        jar: the app's cookies.
        inject: whether pages get the page script, which needs the snapshots.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        known, writes = _read(dict(scope["headers"]))
        for write in writes:
            jar.write(*write)
        headers: HeaderPairs = [pair for pair in scope["headers"] if pair[0] != COOKIES_HEADER]

        async def add(message: Message) -> None:
            is_start = message["type"] == "http.response.start"
            if is_start and inject and known is not None and known < jar.changes:
                snapshot = (COOKIES_HEADER, jar.snapshot().encode())
                message = {**message, "headers": [*message.get("headers", ()), snapshot]}
            await send(message)

        await app({**scope, "headers": headers}, receive, add)

    return wrapped


def _read(headers: dict[bytes, bytes]) -> tuple[float | None, list[tuple[str, str, str]]]:
    """Return the ``Jar.changes`` that the requesting page knows, and its scripts' writes.

    That is -1 for a navigation, and None for a request without the page script.
    """
    if headers.get(b"sec-fetch-mode") == b"navigate":
        return -1, []
    try:
        sent: dict[str, Any] = json.loads(unquote(headers[COOKIES_HEADER].decode()))
        writes = [(str(w["id"]), str(w["url"]), str(w["line"])) for w in sent["writes"]]
        return float(sent["known"]), writes
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None, []  # not from the page script
