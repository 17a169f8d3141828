"""Cookies between an app and its jar, in place of the browser's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
    from .jar import Jar

_HEADS = ("http.response.start", "websocket.accept")


def with_cookies(app: ASGIApp, jar: Jar) -> ASGIApp:
    """Middleware that adds the jar's cookies to requests, and fills the jar from responses.

    ``Set-Cookie`` is removed, because browsers ignore it in responses from a service worker.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        headers: HeaderPairs = scope["headers"]
        known = dict(headers)
        url = f"{scope['scheme']}://{known[b'host'].decode()}{scope['raw_path'].decode()}"
        cross_site = known.get(b"sec-fetch-site") == b"cross-site"
        top_level = known.get(b"sec-fetch-dest") == b"document"
        method = scope.get("method", "GET")
        if line := jar.header(url, cross_site=cross_site, top_level=top_level, method=method):
            scope = {**scope, "headers": [*headers, (b"cookie", line)]}

        async def keep(message: Message) -> None:
            if message["type"] in _HEADS:
                pairs = list(message.get("headers", ()))
                for _, value in filter(_sets_cookie, pairs):
                    jar.set(url, value, cross_site=cross_site, top_level=top_level)
                rest = [pair for pair in pairs if not _sets_cookie(pair)]
                message = {**message, "headers": rest}
            await send(message)

        await app(scope, receive, keep)

    return wrapped


def _sets_cookie(pair: tuple[bytes, bytes]) -> bool:
    return pair[0].lower() == b"set-cookie"
