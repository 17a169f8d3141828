"""Cookies between an app, its jar and its pages, in place of the browser's."""

from __future__ import annotations

import json
from math import inf
from typing import Any
from urllib.parse import unquote

from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
from .clear_site_data import cleared_types
from .jar import Jar
from .protocol import COOKIES_HEADER

_HEADS = ("http.response.start", "websocket.accept")


def with_cookies(app: ASGIApp, jar: Jar, *, inject: bool = True) -> ASGIApp:
    """Middleware that adds the jar's cookies to requests, and fills the jar from responses.

    ``Clear-Site-Data`` empties the jar, as no browser acts on it in a service worker's response.
    ``Set-Cookie`` is removed, because browsers ignore it in responses from a service worker.
    ``COOKIES_HEADER`` is handled and hidden from the app: the jar first applies the writes of a
    page's scripts. If pages get the page script (``inject``), a snapshot is sent with each page,
    and with responses to pages that have an older one.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        known = dict(scope["headers"])
        changes, writes = _read(known)
        if writes:
            with jar.update():
                for write in writes:
                    jar.write(*write)
        headers: HeaderPairs = [pair for pair in scope["headers"] if pair[0] != COOKIES_HEADER]
        url = f"{scope['scheme']}://{known[b'host'].decode()}{scope['raw_path'].decode()}"
        cross_site = known.get(b"sec-fetch-site") == b"cross-site"
        top_level = known.get(b"sec-fetch-dest") == b"document"
        method = scope.get("method", "GET")
        strict = _is_attributed(known, typed=top_level and method == "GET")
        if line := jar.header(
            url, cross_site=cross_site, top_level=top_level, method=method, strict=strict
        ):
            headers.append((b"cookie", line))

        async def keep(message: Message) -> None:
            if message["type"] in _HEADS:
                pairs = list(message.get("headers", ()))
                rest = [pair for pair in pairs if not _sets_cookie(pair)]
                types = cleared_types(rest)
                if types or len(rest) < len(pairs):
                    with jar.update():
                        for _, value in filter(_sets_cookie, pairs):
                            jar.set(url, value, cross_site=cross_site, top_level=top_level)
                        # The response's own cookies are cleared, too (section 3.2).
                        if "cookies" in types:
                            jar.clear()
                        if "storage" in types:
                            jar.clear_storage()
                if inject and changes is not None and changes < jar.changes:
                    rest.append((COOKIES_HEADER, jar.snapshot().encode()))
                message = {**message, "headers": rest}
            await send(message)

        await app({**scope, "headers": headers}, receive, keep)

    return wrapped


def _sets_cookie(pair: tuple[bytes, bytes]) -> bool:
    return pair[0].lower() == b"set-cookie"


def _is_attributed(headers: dict[bytes, bytes], *, typed: bool) -> bool:
    """Return whether a request comes from a known page, or may have been typed or bookmarked.

    A navigation without a referrer may come from any site.
    """
    return typed or b"referer" in headers or headers.get(b"sec-fetch-mode") != b"navigate"


def _read(
    headers: dict[bytes, bytes],
) -> tuple[float | None, list[tuple[str, str, str, float]]]:
    """Return the ``Jar.changes`` that the requesting page knows, and its scripts' writes.

    That is -1 for a navigation, and None for a request without the page script.
    """
    if headers.get(b"sec-fetch-mode") == b"navigate":
        return -1, []
    try:
        sent: dict[str, Any] = json.loads(unquote(headers[COOKIES_HEADER].decode()))
        writes = [
            (str(w["id"]), str(w["url"]), str(w["line"]), float(w.get("sent", inf)))
            for w in sent["writes"]
        ]
        return float(sent["known"]), writes
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None, []  # not from the page script
