"""What a browser does with an app's cookies, done in its place: no service worker sees any."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .protocol import COOKIES_HEADER

if TYPE_CHECKING:
    from .cookies import Jar
    from .types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send


def with_cookies(app: ASGIApp, jar: Jar, *, inject: bool = True) -> ASGIApp:
    """Wrap an app so that its requests bring the jar's cookies, and its responses fill the jar.

    ``Set-Cookie`` goes no further: in what a service worker makes, browsers drop it. What scripts
    may see goes along in a header of ours with each page, and to those that know less.

    Args:
        app: an ASGI 3 app.
        jar: the app's.
        inject: whether its pages get the client script, to which that header is addressed.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        headers: HeaderPairs = [pair for pair in scope["headers"] if pair[0] != COOKIES_HEADER]
        known = dict(headers)
        url = f"{scope['scheme']}://{known[b'host'].decode()}{scope['raw_path'].decode()}"
        cross_site = known.get(b"sec-fetch-site") == b"cross-site"
        top_level = known.get(b"sec-fetch-dest") == b"document"
        method = scope["method"]
        page = _Page.of(scope["headers"])
        for write in page.writes:
            jar.write(*write)
        if line := jar.header(url, cross_site=cross_site, top_level=top_level, method=method):
            headers.append((b"cookie", line))

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                pairs = list(message.get("headers", ()))
                for _, value in filter(_sets_cookie, pairs):
                    jar.set(url, value, cross_site=cross_site, top_level=top_level)
                pairs = [pair for pair in pairs if not _sets_cookie(pair)]
                if inject and page.wants(jar):
                    pairs.append((COOKIES_HEADER, jar.news().encode()))
                message = {**message, "headers": pairs}
            await send(message)

        await app({**scope, "headers": headers}, receive, keep)

    return wrapped


class _Page:
    """The page that asks, or that a navigation asks for, as far as cookies go.

    Args:
        known: the ``changes`` of the jar that it knows of; None if it does not listen.
        writes: what its scripts have set: ids, URLs and lines.
    """

    def __init__(self, known: float | None, writes: list[tuple[str, str, str]]) -> None:
        self._known, self.writes = known, writes

    @classmethod
    def of(cls, headers: HeaderPairs) -> _Page:
        """The page as the headers of its request tell."""
        found = dict(headers)
        if found.get(b"sec-fetch-mode") == b"navigate":
            return cls(-1, [])  # nothing is known to it yet
        try:
            told: dict[str, Any] = json.loads(unquote(found[COOKIES_HEADER].decode()))
            writes = [(str(w["id"]), str(w["url"]), str(w["line"])) for w in told["writes"]]
            return cls(float(told["known"]), writes)
        except (KeyError, RecursionError, TypeError, ValueError):
            return cls(None, [])  # no script of ours has written that

    def wants(self, jar: Jar) -> bool:
        """Whether there is news for it."""
        return self._known is not None and self._known < jar.changes


def _sets_cookie(pair: tuple[object, object]) -> bool:
    """Whether it is such a header; what is not made of bytes is refused further on."""
    name, value = pair
    return isinstance(name, bytes) and isinstance(value, bytes) and name.lower() == b"set-cookie"
