"""``server.client``: an httpx client that asks the app in this kernel, past browser and worker.

The app is run for it by the same server as for a page: in the same scope, with the same deadline,
log and answers to failures. Cookies are the client's own, as are redirects that it follows.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import Context
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

try:
    import httpx
except ModuleNotFoundError:  # its successor, of the same classes
    import httpx2 as httpx  # type: ignore[no-redef]

from .errors import ServeError
from .protocol import (
    CHUNK,
    Abort,
    Cancel,
    FromKernel,
    Request,
    RequestBody,
    RequestCredit,
    Response,
    ResponseBody,
    ResponseCredit,
    join_headers,
    split_headers,
)

if TYPE_CHECKING:
    from .host import Deliver
    from .seat import Seat
    from .server import Server
    from .types import HeaderPairs

#: What ``server.client`` is.
Client = httpx.AsyncClient

_GONE = {
    "stopped": "was stopped: serve it again, and take the client of that server",
    "taken": "was taken over by another notebook: serve it here again, with `--replace`",
}
_COOKIE_PATH = re.compile(rb"(?i)(;\s*path\s*=\s*)(/[^;]*)")


class Unreachable(ServeError, httpx.ConnectError):
    """A client cannot reach what it was asked for; the message says what to do instead."""


def make_client(seat: Seat) -> Client:
    """A client for the app of ``seat``, which counts URLs from where that is mounted.

    It has no time limit of its own: the server's gives up an app that does not answer.
    """
    transport = AppTransport(seat, lambda: client.cookies)
    client = Client(base_url=seat.server.url, transport=transport, timeout=None, trust_env=False)
    return client


class AppTransport(httpx.AsyncBaseTransport):
    """Sends requests to whoever answers under a name.

    Args:
        seat: the name's.
        cookies: gives the client's jar.
    """

    def __init__(self, seat: Seat, cookies: Callable[[], httpx.Cookies]) -> None:
        self._seat, self._cookies = seat, cookies

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; return when the head of its response has come.

        Raises:
            Unreachable: the app is not served any more, or the URL is not one of it.
            httpx.LocalProtocolError: there can be no such request.
            httpx.ReadTimeout: nothing came within the request's own timeout.
        """
        server = self._seat.server
        if server.state in _GONE:
            raise Unreachable(f"The app {server.name!r} {_GONE[server.state]}.", request=request)
        url = _lead(request.url, server)
        if url is None:
            raise Unreachable(
                f"{request.url} is no address of the app {server.name!r}: "
                'write its path alone, as in `server.client.get("/items/3")`.',
                request=request,
            )
        if url != request.url:
            request.url = url
            request.headers.pop("cookie", None)  # they were chosen for another path
            self._cookies().set_cookie_header(request)
        return await _Exchange(request).begin(server)


class _Exchange:
    """One request and its response, on the side of who asks."""

    def __init__(self, request: httpx.Request) -> None:
        self._id = uuid.uuid4().hex
        self._request = request
        self._deliver: Deliver

        # request body
        self._credit = 0
        self._granted = asyncio.Event()
        self._upload: asyncio.Task[None] | None = None

        # response
        self._inbox: asyncio.Queue[FromKernel | Exception] = asyncio.Queue()
        self._complete = False  # nothing more is to come

    async def begin(self, server: Server) -> httpx.Response:
        """Have ``server`` answer; return when the head has come."""
        self._start(server)
        try:
            head = await self._next()
            assert isinstance(head, Response)
        except BaseException:
            self.close()
            raise
        headers = [_lead_cookie(pair, _root(server)) for pair in split_headers(head.headers)]
        return httpx.Response(
            head.status,
            headers=headers,
            stream=_Body(self, head),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def chunks(self, head: Response) -> AsyncIterator[bytes]:
        """The response's body, as it is sent and no faster than it is read.

        Raises:
            httpx.RemoteProtocolError: the response broke off.
            httpx.ReadTimeout: nothing came within the request's own timeout.
        """
        part: Response | ResponseBody = head
        while True:
            if part.chunk:
                yield part.chunk
                self._deliver(ResponseCredit(self._id, len(part.chunk)))
            if not part.more:
                return
            message = await self._next()
            if isinstance(message, Abort):
                raise httpx.RemoteProtocolError(message.reason, request=self._request)
            assert isinstance(message, ResponseBody)
            part = message

    def close(self) -> None:
        """Tell the app that nobody reads on, if it has not ended."""
        if self._upload is not None:
            self._upload.cancel()
        if not self._complete:
            self._complete = True
            self._deliver(Cancel(self._id))

    def _start(self, server: Server) -> None:
        body = _has_body(self._request)
        message = Request(
            id=self._id,
            reply="",
            sent=time.time() * 1000,
            method=self._request.method,
            url=_text(self._request.url),
            headers=_block(self._request),
            body=body,
        )
        # As with a page, nothing that the caller has in its context is the app's.
        deliver = Context().run(server.accept, message, self._post, browser=False)
        assert deliver is not None, "it was read at once"
        self._deliver = deliver
        if body:
            self._upload = asyncio.get_running_loop().create_task(self._send_body())

    def _post(self, message: FromKernel) -> None:
        if isinstance(message, RequestCredit):
            self._credit += message.bytes
            self._granted.set()
        else:
            self._complete = not getattr(message, "more", False)
            self._inbox.put_nowait(message)

    async def _send_body(self) -> None:
        try:
            assert isinstance(self._request.stream, httpx.AsyncByteStream)
            async for chunk in self._request.stream:
                for part in _parts(chunk):
                    while self._credit <= 0:
                        self._granted.clear()
                        await self._granted.wait()
                    self._credit -= len(part)
                    self._deliver(RequestBody(self._id, part, True))
        except Exception as error:
            self._inbox.put_nowait(error)  # for who has given us this body
        else:
            self._deliver(RequestBody(self._id, b"", False))

    async def _next(self) -> FromKernel:
        seconds = self._request.extensions.get("timeout", {}).get("read")
        try:
            message = await asyncio.wait_for(self._inbox.get(), seconds)
        except asyncio.TimeoutError:
            raise httpx.ReadTimeout(
                f"The app sent nothing for {seconds:g} seconds, as long as was to be waited.",
                request=self._request,
            ) from None
        if isinstance(message, Exception):
            raise message
        return message


class _Body(httpx.AsyncByteStream):
    """The body of a response, as httpx reads it."""

    def __init__(self, exchange: _Exchange, head: Response) -> None:
        self._exchange, self._head = exchange, head

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._exchange.chunks(self._head):
            yield chunk

    async def aclose(self) -> None:
        self._exchange.close()


def _lead(url: httpx.URL, server: Server) -> httpx.URL | None:
    """Where ``url`` leads in the app; None if it is an address of something else.

    As for a page, a path that knows nothing of the site is counted from where the app is mounted.
    """
    site, root = httpx.URL(server.base_url), _root(server)
    if (url.scheme, url.host, url.port) != (site.scheme, site.host, site.port):
        return None
    path = url.raw_path
    if _is_below(path, root + root):  # the app's whole path was counted from the app
        path = path[len(root) :]
    elif not _is_below(path, root):
        others = b"/asgi" if site.path == "/" else site.raw_path.rstrip(b"/")
        if _is_below(path, others):
            return None
        path = root + path
    return url.copy_with(raw_path=path)


def _is_below(path: bytes, root: bytes) -> bool:
    return path.startswith(root) and path[len(root) :][:1] in (b"", b"/", b"?")


def _root(server: Server) -> bytes:
    """The path where the app is mounted, without a slash at its end."""
    return urlsplit(server.url).path.rstrip("/").encode()


def _lead_cookie(pair: tuple[bytes, bytes], root: bytes) -> tuple[bytes, bytes]:
    """A header; one that sets a cookie with the path at which the app can be asked for it."""

    def lead(found: re.Match[bytes]) -> bytes:
        path = found[2].rstrip()
        return found[0] if path == b"/" or _is_below(path, root) else found[1] + root + path

    name, value = pair
    return (name, _COOKIE_PATH.sub(lead, value)) if name == b"set-cookie" else pair


def _text(url: httpx.URL) -> str:
    """A URL as a page's request has it, without user and fragment."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _has_body(request: httpx.Request) -> bool:
    """RFC 9112, section 6.3: a request says by its headers whether it has a body."""
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _block(request: httpx.Request) -> bytes:
    pairs: HeaderPairs = request.headers.raw
    try:
        return join_headers(pairs)
    except ValueError:
        raise httpx.LocalProtocolError(
            "A request header contains a line break.", request=request
        ) from None


def _parts(chunk: bytes) -> Iterator[bytes]:
    for start in range(0, len(chunk), CHUNK):
        yield chunk[start : start + CHUNK]
