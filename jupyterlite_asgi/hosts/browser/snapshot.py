"""Cookies between the jar and an app's pages: what their scripts wrote, and what they may see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .protocol import COOKIES_HEADER

if TYPE_CHECKING:
    from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
    from .jar import Jar


def with_snapshots(app: ASGIApp, jar: Jar, *, inject: bool = True) -> ASGIApp:
    """Middleware that reads and writes ``COOKIES_HEADER``, which the app gets to see nothing of.

    The jar takes the writes of a page's scripts before the app gets the request. A snapshot of the
    jar goes with each page, and with responses to pages whose snapshot is older.

    Args:
        app: an ASGI 3 app.
        jar: the app's.
        inject: whether its pages get the page script, which the snapshots are for.
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
    """What the requesting page knows, as ``Jar.changes``, and what its scripts wrote.

    A navigation knows nothing yet; None is for a request without our script.
    """
    if headers.get(b"sec-fetch-mode") == b"navigate":
        return -1, []
    try:
        sent: dict[str, Any] = json.loads(unquote(headers[COOKIES_HEADER].decode()))
        writes = [(str(w["id"]), str(w["url"]), str(w["line"])) for w in sent["writes"]]
        return float(sent["known"]), writes
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None, []  # our script has not written that
