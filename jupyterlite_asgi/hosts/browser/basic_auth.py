"""HTTP Basic authentication (RFC 7617) in place of the browser's.

Browsers do not act on ``WWW-Authenticate`` in a response from a service worker: they ask nobody,
and send neither what was entered before nor the user and password in a URL.
"""

from __future__ import annotations

from binascii import b2a_base64
from urllib.parse import unquote_to_bytes, urlsplit

from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
from .credentials import Credentials, basic_realm

#: The header that passes credentials to this middleware and that the app never sees: ``url``
#: (the request's URL has them) or ``entered`` (on our page), and a value; or ``cancelled``.
CREDENTIALS_HEADER = b"jupyterlite-asgi-credentials"

#: The most bytes of a request's body that are kept to send the request again.
LIMIT = 1024 * 1024


def credentials_of(url: str) -> HeaderPairs:
    """Return our header for a request whose URL has a user or a password."""
    userinfo, at, _ = urlsplit(url).netloc.rpartition("@")
    if not at:
        return []
    user, _, password = userinfo.partition(":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return [(CREDENTIALS_HEADER, b"url " + b2a_base64(pair, newline=False))]


def with_basic_auth(app: ASGIApp, credentials: Credentials) -> ASGIApp:
    """Middleware that answers the app's challenges, and lets navigations ask the user.

    A request that has ``Authorization`` already is left to its script, and so is a challenge to
    anything but a navigation, if ``credentials`` has no answer.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        known = dict(scope["headers"])
        rest = [pair for pair in scope["headers"] if pair[0] != CREDENTIALS_HEADER]
        scope = {**scope, "headers": rest}
        if b"authorization" in known:
            await app(scope, receive, send)
            return
        how, _, value = known.get(CREDENTIALS_HEADER, b"").partition(b" ")
        navigates = known.get(b"sec-fetch-mode") == b"navigate"
        target = _target(scope)
        if how in (b"entered", b"cancelled"):
            credentials.enter(target, value or None)
            await _send(send, 204, [])
        elif how == b"url" and navigates:
            # To the same URL without them, which the history and the page's scripts see.
            credentials.enter(target, value)
            await _send(send, 307, [(b"location", _origin(scope) + target.encode("ascii"))])
        else:
            request = _Request(app, credentials, scope, receive, send, navigates=navigates)
            await request.run(value or None)

    return wrapped


class _Request:
    """A request, which may be sent to the app several times, each time with other credentials."""

    def __init__(
        self,
        app: ASGIApp,
        credentials: Credentials,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        navigates: bool,
    ) -> None:
        self._app, self._credentials, self._scope = app, credentials, scope
        self._path = scope["raw_path"].decode("ascii")
        self._navigates = navigates
        self._asks = navigates
        self._body = _Replay(receive)
        self._forward = send

        # credentials
        self._given: list[bytes] = []  # what only this request has
        self._sent: bytes | None = None  # in this attempt
        self._next: bytes | None = None
        self._tried: set[bytes] = set()
        self._realm: str | None = None  # of the last challenge

        # response
        self._swallows = False

    async def run(self, given: bytes | None) -> None:
        """Run the app until it accepts the request or there is nothing left to try."""
        self._given += [given] if given else []
        if self._navigates:
            for entered, held in self._credentials.take(_target(self._scope)):
                self._given += [entered] if entered else []
                self._asks = entered is not None
                if held is not None:
                    self._scope, self._body.kept = held
        self._next = self._credentials.for_path(self._path)
        while True:
            self._sent, self._next, self._swallows = self._next, None, False
            self._tried |= {self._sent} if self._sent else set()
            self._body.rewind()
            await self._app(self._scope_with(self._sent), self._body.receive, self._send)
            if self._next is None:
                break
        if self._swallows:
            await self._ask()

    def _scope_with(self, value: bytes | None) -> Scope:
        if value is None:
            return self._scope
        headers = [*self._scope["headers"], (b"authorization", b"Basic " + value)]
        return {**self._scope, "headers": headers, "state": dict(self._scope["state"])}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == 401:
                self._handle_challenge(basic_realm(message.get("headers", ())))
            elif self._sent is not None and self._realm is not None:
                self._credentials.keep(self._path, self._realm, self._sent)
        if not self._swallows:
            await self._forward(message)

    def _handle_challenge(self, realm: str | None) -> None:
        if realm is None:
            return
        self._realm = realm
        self._credentials.reject(realm, self._sent)
        known = self._credentials.for_realm(realm)
        values = [value for value in (*self._given, known) if value not in {None, *self._tried}]
        if values and self._body.is_complete:
            self._next = values[0]
        self._swallows = self._next is not None or self._asks

    async def _ask(self) -> None:
        from .basic_auth_page import page

        assert self._realm is not None
        holds = self._scope["method"] != "GET" and await self._body.read()
        if holds:
            self._credentials.hold(_target(self._scope), self._scope, self._body.kept)
        body = page(self._realm, rejected=bool(self._given), held=holds).encode()
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await _send(self._forward, 401, headers, body)


class _Replay:
    """The body of a request, which can be received again if it is not too long."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        #: What was received, while it is complete.
        self.kept: list[Message] = []
        self._size = 0
        self._next = 0

    @property
    def is_complete(self) -> bool:
        """Whether all that was received can be received again."""
        return self._size <= LIMIT

    def rewind(self) -> None:
        """Start again."""
        self._next = 0

    async def read(self) -> bool:
        """Receive the rest; return whether all can be received again."""
        self._next = len(self.kept)
        while self.is_complete and (not self.kept or self.kept[-1].get("more_body")):
            if (await self.receive())["type"] == "http.disconnect":
                return False
        return self.is_complete

    async def receive(self) -> Message:
        """Return the next message."""
        if self._next < len(self.kept):
            self._next += 1
            return self.kept[self._next - 1]
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self.is_complete:
                self.kept.append(message)
                self._next += 1
            else:
                self.kept.clear()
                self._next = 0
        return message


def _origin(scope: Scope) -> bytes:
    scheme: str = scope["scheme"]
    host: bytes = dict(scope["headers"])[b"host"]
    return scheme.encode("ascii") + b"://" + host


def _target(scope: Scope) -> str:
    """Return path and query as they were sent."""
    path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
    return f"{path}?{query}" if query else path


async def _send(send: Send, status: int, headers: HeaderPairs, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
