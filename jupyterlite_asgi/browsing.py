"""What a browser does with an app's cookies, done in its place: no service worker sees any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cookies import Jar
    from .types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send


def with_cookies(app: ASGIApp, jar: Jar) -> ASGIApp:
    """Wrap an app so that its requests bring the jar's cookies, and its responses fill the jar.

    ``Set-Cookie`` goes no further: in what a service worker makes, browsers drop it.

    Args:
        app: an ASGI 3 app.
        jar: the app's.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        headers: HeaderPairs = scope["headers"]
        known = dict(headers)
        url = f"{scope['scheme']}://{known[b'host'].decode()}{scope['raw_path'].decode()}"
        cross_site = known.get(b"sec-fetch-site") == b"cross-site"
        top_level = known.get(b"sec-fetch-dest") == b"document"
        method = scope["method"]
        if line := jar.header(url, cross_site=cross_site, top_level=top_level, method=method):
            headers.append((b"cookie", line))

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                pairs = list(message.get("headers", ()))
                for _, value in filter(_sets_cookie, pairs):
                    jar.set(url, value, cross_site=cross_site, top_level=top_level)
                message = {**message, "headers": [p for p in pairs if not _sets_cookie(p)]}
            await send(message)

        await app(scope, receive, keep)

    return wrapped


def _sets_cookie(pair: tuple[object, object]) -> bool:
    """Whether it is such a header; what is not made of bytes is refused further on."""
    name, value = pair
    return isinstance(name, bytes) and isinstance(value, bytes) and name.lower() == b"set-cookie"
