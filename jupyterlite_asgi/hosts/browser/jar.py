"""The cookies of a served app, stored as a browser stores those of one host.

Browsers hide ``Cookie`` from service workers and ignore their ``Set-Cookie``, so each app has a
jar here. It follows RFC 6265bis (draft-ietf-httpbis-rfc6265bis-22), to which all section numbers
refer. Names and values are bytes, which return to the app unchanged; page scripts see text.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from math import inf
from urllib.parse import SplitResult, quote, urlsplit

from .set_cookie import Cookie, StoredCookie, read_set_cookie

#: The maximum cookies in a jar, as in Chromium and Firefox per host. Section 6.1 requires 50.
LIMIT = 180

#: How many milliseconds two clocks of a browser may differ: some are made imprecise on purpose.
_TOLERANCE = 250

#: How many writes by scripts are remembered, so that none is applied twice.
_WRITES = 1024

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class Jar:
    """The cookies of one app.

    Every ``url`` below is absolute and within the app; all have the same host.

    Args:
        root: the path where the app is mounted, without a trailing slash.
        now: returns seconds since the epoch.
    """

    def __init__(self, root: str, now: Callable[[], float] = time.time) -> None:
        self._root = root
        self._now = now
        # In order of creation; a replaced cookie keeps its place.
        self._cookies: dict[tuple[bytes, str, str], StoredCookie] = {}
        # When a response last set or deleted each, in this order, and when one deleted all; in
        # milliseconds since the epoch.
        self._answered: dict[tuple[bytes, str, str], float] = {}
        self._emptied = 0.0
        self._written: dict[str, None] = {}  # in order
        self._cleared: int | None = None
        self._updating = False
        self._awaited = False  # pages await a snapshot
        #: A number that increases whenever a script writes or ``visible()`` changes. It starts at
        #: the time, so that it exceeds that of the app's previous jar.
        self.changes = round(now() * 1000)
        #: Called when ``changes`` has changed.
        self.on_change: Callable[[], object] = lambda: None

    @contextlib.contextmanager
    def update(self) -> Iterator[None]:
        """Make all changes in the block one: it costs one comparison and one notification."""
        if self._updating:
            yield
            return
        before = self.visible()
        self._updating, self._awaited = True, False
        try:
            yield
        finally:
            self._updating = False
            self._evict()
            if self._awaited or self.visible() != before:
                self.changes += 1
                self.on_change()

    def write(self, identifier: str, url: str, line: str, sent: float = inf) -> None:
        """Apply a script's write to ``document.cookie``, once.

        If the kernel was busy, a response may have set the cookie since, which then stays.
        Notifies even if the cookie is rejected, because the page is waiting.

        Args:
            identifier: the write's; the same write may arrive twice.
            url: the page's; a page of another app, whose request was redirected here, sets none.
            line: the value assigned to ``document.cookie``.
            sent: when, in milliseconds since the epoch; by default now.
        """
        if identifier in self._written:
            return
        self._written[identifier] = None
        if len(self._written) > _WRITES:
            del self._written[next(iter(self._written))]
        with self.update(), contextlib.suppress(ValueError):  # an invalid URL, not from a page
            self._awaited = True
            if _path_matches(urlsplit(url).path, self._root):
                self.set(url, line.encode("utf-8", "replace"), script=True, sent=sent)

    def set(
        self,
        url: str,
        line: bytes,
        *,
        script: bool = False,
        sent: float = inf,
        cross_site: bool = False,
        top_level: bool = False,
    ) -> None:
        """Store a cookie, or ignore it silently, as browsers do (sections 5.6 and 5.7).

        A ``Path`` outside the app's root is relative to it: an app that is unaware of its prefix
        says ``/admin``, one that is aware says ``/demo/asgi/shop/admin``.

        Args:
            url: the URL of the request, or of the page whose script sets the cookie.
            line: a value of ``Set-Cookie``, or of ``document.cookie`` in UTF-8.
            script: whether a script sets it, which can neither set nor replace HttpOnly cookies.
            sent: see ``write()``.
            cross_site: whether another site sent the request or embeds the page (section 5.2).
            top_level: whether the request navigates a whole window or tab.
        """
        with self.update():
            self._take(url, line, script, sent, cross_site=cross_site, top_level=top_level)

    def clear(self) -> None:
        """Remove all cookies."""
        with self.update():
            self._cookies.clear()
            self._answered.clear()
            self._emptied = self._now() * 1000

    def clear_storage(self) -> None:
        """Make pages clear their ``localStorage`` and ``sessionStorage``, by the next snapshot."""
        with self.update():
            self._awaited = True
            self._cleared = max(round(self._now() * 1000), (self._cleared or 0) + 1)

    def _take(
        self,
        url: str,
        line: bytes,
        script: bool,
        sent: float,
        *,
        cross_site: bool,
        top_level: bool,
    ) -> None:
        now = self._now()
        place = urlsplit(url)
        cookie = read_set_cookie(line, _host(place), now)
        if cookie is None:
            return
        cookie.path = self._place(cookie.path, place.path)
        key = (cookie.name, cookie.domain, cookie.path)
        old = self._cookies.get(key)
        if old is not None and old.expires <= now:
            old = None
            del self._cookies[key]  # a new one does not take its place
        if (
            (script and (cookie.http_only or (old is not None and old.http_only)))
            or sent + _TOLERANCE < self._answered.get(key, self._emptied)
            or (cross_site and not top_level and cookie.same_site != "none")
            or (not _is_secure(place) and (cookie.secure or self._is_shielded(cookie)))
        ):
            return
        if not script:
            self._answered.pop(key, None)
            self._answered[key] = now * 1000
            if len(self._answered) > 2 * LIMIT:
                del self._answered[next(iter(self._answered))]
        self._cookies[key] = cookie
        if cookie.expires <= now:
            del self._cookies[key]

    def _evict(self) -> None:
        """Remove what exceeds the limit: insecure cookies first, then by their last use (5.7)."""
        alive = self._alive(self._now())
        if (excess := len(alive) - LIMIT) > 0:
            for key in sorted(alive, key=lambda key: (alive[key].secure, alive[key].used))[:excess]:
                del alive[key]

    def header(
        self,
        url: str,
        *,
        cross_site: bool = False,
        top_level: bool = False,
        method: str = "GET",
        strict: bool = True,
    ) -> bytes:
        """Return the value of ``Cookie`` for a request, empty if there is none (section 5.8.3).

        The first arguments are those of ``set()``.

        Args:
            url: the request's.
            cross_site: see ``set()``.
            top_level: see ``set()``.
            method: the request's; top-level navigations with a safe one send Lax cookies.
            strict: whether it is certain that no other site sent the request.
        """
        now = self._now()
        place = urlsplit(url)
        allowed = {"none"} if cross_site else {"none", "lax", "strict"}
        if not strict:
            allowed.discard("strict")
        if top_level and method in _SAFE_METHODS:
            allowed.add("lax")
        pairs = []
        for cookie in self._sorted(now):
            if (
                _path_matches(place.path, cookie.path)
                and cookie.same_site in allowed
                and (_is_secure(place) or not cookie.secure)
            ):
                cookie.used = now
                pairs.append(cookie.name + b"=" + cookie.value if cookie.name else cookie.value)
        return b"; ".join(pairs)

    def visible(self) -> list[Cookie]:
        """Return the cookies that page scripts may see, in the order of ``document.cookie``."""
        return [cookie.shown() for cookie in self._sorted(self._now()) if not cookie.http_only]

    def snapshot(self) -> str:
        """Return ``changes`` and ``visible()`` in ASCII, for a header or an HTML attribute.

        ``JSON.parse(decodeURIComponent(value))`` returns an object with ``changes``; ``written``,
        the identifier of the last ``write()`` or null; ``cookies``, an array of ``Cookie``; and
        ``cleared``, the milliseconds since the epoch of the last ``clear_storage()``, or null.
        """
        fields = {
            "changes": self.changes,
            "written": next(reversed(self._written), None),
            "cookies": [vars(cookie) for cookie in self.visible()],
            "cleared": self._cleared,
        }
        return quote(json.dumps(fields, separators=(",", ":")))

    def _alive(self, now: float) -> dict[tuple[bytes, str, str], StoredCookie]:
        for key in [key for key, cookie in self._cookies.items() if cookie.expires <= now]:
            del self._cookies[key]
        return self._cookies

    def _sorted(self, now: float) -> list[StoredCookie]:
        return sorted(self._alive(now).values(), key=lambda cookie: -len(cookie.path))

    def _place(self, asked: str, url_path: str) -> str:
        """Return the path of a cookie with the attribute ``Path={asked}``, or none (5.6.4)."""
        path = asked or url_path.rpartition("/")[0]
        if f"{path}/".startswith(f"{self._root}/"):
            return path
        # Without a slash, so that the cookie is sent to the root itself, too.
        return self._root + ("" if asked == "/" else asked)

    def _is_shielded(self, cookie: StoredCookie) -> bool:
        """Return whether it would hide a secure cookie (section 5.7, step 16)."""
        return any(
            old.secure and old.name == cookie.name and _path_matches(cookie.path, old.path)
            for old in self._alive(self._now()).values()
        )


def _host(place: SplitResult) -> str:
    host = place.hostname or ""
    return f"[{host}]" if ":" in host else host


def _is_secure(place: SplitResult) -> bool:
    """Return whether Secure cookies are sent: to localhost too, as in Chromium and Firefox."""
    host = _host(place)
    return (
        place.scheme in ("https", "wss")
        or host in ("localhost", "127.0.0.1", "[::1]")
        or host.endswith(".localhost")
    )


def _path_matches(path: str, cookie_path: str) -> bool:
    """Return whether a request's path matches a cookie's (section 5.1.4)."""
    return path == cookie_path or path.startswith(cookie_path.removesuffix("/") + "/")
