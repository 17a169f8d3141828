"""``server.client``: an httpx client that calls the app in this process, past browser and worker.

The app is run for it as for a page: with the same scope, time limit, log and error pages. Cookies
are the client's own, as are the redirects it follows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextvars import Context
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

try:
    import httpx
except ModuleNotFoundError:  # its successor, of the same classes
    import httpx2 as httpx  # type: ignore[no-redef]

from .errors import ResponseAborted, ServeError
from .hosts.http import http_scope
from .hosts.memory import MemoryConnection
from .site import PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import TypeVar

    from .types import ASGIApp

    _Result = TypeVar("_Result")

#: What ``server.client`` is.
Client = httpx.AsyncClient

_GONE = {
    "stopped": "was stopped: serve it again, and take the client of that server",
    "taken": "was taken over by another notebook: serve it here again, with `--replace`",
}
_COOKIE_PATH = re.compile(rb"(?i)(;\s*path\s*=\s*)(/[^;]*)")


class Mount(Protocol):
    """What a client needs of a served name."""

    @property
    def name(self) -> str:
        """The app's name."""

    @property
    def url(self) -> str:
        """Where the app answers, with a slash at its end."""

    @property
    def state(self) -> str:
        """The state of the app that answers now, as in ``Server.state``."""

    @property
    def app(self) -> ASGIApp:
        """That app, with the middleware that every host puts around it."""


class Unreachable(ServeError, httpx.ConnectError):
    """The URL cannot be reached by this client; the message says what to do instead."""


def make_client(mount: Mount) -> Client:
    """A client for the app of ``mount``, with URLs relative to where that is mounted.

    It has no time limit of its own: the server's ends a request that the app does not answer.
    """
    transport = AppTransport(mount, lambda: client.cookies)
    client = Client(base_url=mount.url, transport=transport, timeout=None, trust_env=False)
    return client


class AppTransport(httpx.AsyncBaseTransport):
    """Sends requests to the app that is served under a name.

    Args:
        mount: the name.
        cookies: gives the client's jar.
    """

    def __init__(self, mount: Mount, cookies: Callable[[], httpx.Cookies]) -> None:
        self._mount, self._cookies = mount, cookies

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; return when the head of its response has come.

        Raises:
            Unreachable: the app is not served any more, or the URL is none of its own.
            httpx.LocalProtocolError: a header has a line break.
            httpx.RemoteProtocolError: the app sent no response.
            httpx.ReadTimeout: nothing came within the request's own timeout.
        """
        mount = self._mount
        if mount.state in _GONE:
            sentence = f"The app {mount.name!r} {_GONE[mount.state]}."
            raise Unreachable(sentence, request=request)
        url = _rewrite(request.url, mount)
        if url is None:
            raise Unreachable(
                f"{request.url} is no address of the app {mount.name!r}: "
                'write its path alone, as in `server.client.get("/items/3")`.',
                request=request,
            )
        if url != request.url:
            request.url = url
            request.headers.pop("cookie", None)  # they were chosen for another path
            self._cookies().set_cookie_header(request)
        return await _Exchange(request, mount).run()


class _Exchange:
    """One request and its response."""

    def __init__(self, request: httpx.Request, mount: Mount) -> None:
        self._request, self._mount = request, mount
        root = _root(mount)
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        if any(b"\n" in part or b"\r" in part for pair in headers for part in pair):
            raise httpx.LocalProtocolError(
                "A request header contains a line break.", request=request
            )
        scope = http_scope(request.method, _text(request.url), headers, root.decode())
        self._connection = MemoryConnection(scope, has_body=_has_body(request))
        self._upload: asyncio.Task[None] | None = None

    async def run(self) -> httpx.Response:
        """Start the app; return when the head has come."""
        # As with a page, the app sees nothing of the caller's context.
        Context().run(self._connection.start, self._mount.app)
        if _has_body(self._request):
            self._upload = asyncio.get_running_loop().create_task(self._send_body())
        try:
            status, headers = await self._wait(self._connection.head())
        except BaseException:
            self.close()
            raise
        return httpx.Response(
            status,
            headers=[_rewrite_cookie(pair, _root(self._mount)) for pair in headers],
            stream=_Body(self),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def chunks(self) -> AsyncIterator[bytes]:
        """The response's body, as it is sent and no faster than it is read.

        Raises:
            httpx.RemoteProtocolError: the response broke off.
            httpx.ReadTimeout: nothing came within the request's own timeout.
        """
        more = True
        while more:
            chunk, more = await self._wait(self._connection.read())
            if chunk:
                yield chunk
                self._connection.grant(len(chunk))

    def close(self) -> None:
        """Read no more."""
        if self._upload is not None:
            self._upload.cancel()
        self._connection.close()

    async def _send_body(self) -> None:
        try:
            assert isinstance(self._request.stream, httpx.AsyncByteStream)
            async for chunk in self._request.stream:
                if chunk:
                    await self._connection.upload(chunk, more=True)
        except Exception as error:
            self._connection.fail(error)  # for the caller, whose body it is
        else:
            self._connection.feed(b"", False)

    async def _wait(self, part: Awaitable[_Result]) -> _Result:
        seconds = self._request.extensions.get("timeout", {}).get("read")
        try:
            return await asyncio.wait_for(part, seconds)
        except asyncio.TimeoutError:
            raise httpx.ReadTimeout(
                f"The app sent nothing within the {seconds:g} seconds of this request's timeout.",
                request=self._request,
            ) from None
        except ResponseAborted as aborted:
            raise httpx.RemoteProtocolError(str(aborted), request=self._request) from None


class _Body(httpx.AsyncByteStream):
    """The body of a response, as httpx reads it."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._exchange.chunks():
            yield chunk

    async def aclose(self) -> None:
        self._exchange.close()


def _rewrite(url: httpx.URL, mount: Mount) -> httpx.URL | None:
    """``url`` in the app; None if it belongs to something else.

    As for a page, a path without the app's prefix is relative to where the app is mounted.
    """
    root = _root(mount)
    app = httpx.URL(mount.url)
    if (url.scheme, url.host, url.port) != (app.scheme, app.host, app.port):
        return None
    path = url.raw_path
    if _is_below(path, root + root):  # the app's whole path was taken as relative to the app
        path = path[len(root) :]
    elif not _is_below(path, root):
        site = root.rpartition(f"/{PREFIX}".encode())[0]
        if _is_below(path, site or f"/{PREFIX.rstrip('/')}".encode()):
            return None
        path = root + path
    return url.copy_with(raw_path=path)


def _is_below(path: bytes, root: bytes) -> bool:
    return path.startswith(root) and path[len(root) :][:1] in (b"", b"/", b"?")


def _root(mount: Mount) -> bytes:
    """The path where the app is mounted, without a slash at its end."""
    return urlsplit(mount.url).path.rstrip("/").encode()


def _rewrite_cookie(pair: tuple[bytes, bytes], root: bytes) -> tuple[bytes, bytes]:
    """A header; in one that sets a cookie, the path as a request for the app has it."""

    def rewrite(found: re.Match[bytes]) -> bytes:
        path = found[2].rstrip()
        return found[0] if path == b"/" or _is_below(path, root) else found[1] + root + path

    name, value = pair
    is_cookie = name.lower() == b"set-cookie"
    return (name, _COOKIE_PATH.sub(rewrite, value)) if is_cookie else pair


def _text(url: httpx.URL) -> str:
    """A URL as a page's request has it, without user and fragment."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _has_body(request: httpx.Request) -> bool:
    """RFC 9112, section 6.3: a request says by its headers whether it has a body."""
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
