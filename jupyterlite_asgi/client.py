"""``server.client``: an httpx client that calls the app in this process, bypassing the browser.

The app runs as it does for a page: with the same scope, timeout, log and error pages. The client
has its own cookies and redirect handling.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextvars import Context
from typing import TypeVar
from urllib.parse import urlsplit

try:
    import httpx
except ModuleNotFoundError:  # the successor has the same classes
    import httpx2 as httpx  # type: ignore[no-redef]

from . import preemption
from .errors import ResponseAborted, ServeError
from .hosts.memory import MemoryConnection
from .hosts.scope import http_scope
from .serving.mount import Mount
from .site import PREFIX

_Result = TypeVar("_Result")

#: The class of ``server.client``.
Client = httpx.AsyncClient

_GONE = {
    "stopped": "was stopped: serve it again and use the new server's client",
    "taken": "was taken over by another notebook: serve it here again with `--replace`",
}
_COOKIE_PATH = re.compile(rb"(?i)(;\s*path\s*=\s*)(/[^;]*)")


class Unreachable(ServeError, httpx.ConnectError):
    """This client cannot reach the URL; the message says what to do instead."""


def client_of(mount: Mount) -> Client:
    """Return the client of a served name; a new one if there is none yet, or it was closed.

    It has no timeout of its own, because the server's applies.
    """
    if mount.client is None or mount.client.is_closed:
        transport = AppTransport(mount)
        mount.client = Client(
            base_url=mount.url, transport=transport, timeout=None, trust_env=False
        )
    client: Client = mount.client
    return client


class AppTransport(httpx.AsyncBaseTransport):
    """Sends requests to the app that is served under a name."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; return once the response's status and headers arrive.

        Raises:
            Unreachable: the app is no longer served, or the URL is not within it.
            httpx.LocalProtocolError: a header contains a line break.
            httpx.RemoteProtocolError: the app sent no response.
            httpx.ReadTimeout: the request's own timeout expired.
        """
        mount = self._mount
        if mount.runner.state in _GONE:
            message = f"The app {mount.name!r} {_GONE[mount.runner.state]}."
            raise Unreachable(message, request=request)
        url = _rewrite(request.url, mount)
        if url is None:
            raise Unreachable(
                f"{request.url} is not a URL of the app {mount.name!r}: "
                'use only the path, as in `server.client.get("/items/3")`.',
                request=request,
            )
        if url != request.url:
            request.url = url
            request.headers.pop("cookie", None)  # chosen for the other path
            mount.client.cookies.set_cookie_header(request)
        return await _Exchange(request, mount).run()


class _Exchange(httpx.AsyncByteStream):
    """One request and its response, whose body it yields."""

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
        """Start the app; return once the status and headers arrive."""
        # As for a page, the app does not run in the caller's context, but ends with it.
        context, works = Context(), preemption.current.get()
        context.run(preemption.current.set, works)
        context.run(self._connection.start, self._mount.runner.app)
        if _has_body(self._request):
            self._upload = asyncio.get_running_loop().create_task(self._send_body())
        try:
            head = await self._wait(self._connection.head())
        except BaseException:
            await self.aclose()
            raise
        return httpx.Response(
            head.status,
            headers=[_rewrite_cookie(pair, _root(self._mount)) for pair in head.headers],
            stream=self,
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": head.reason.encode("latin-1"),
            },
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the response's body as the app sends it, with backpressure.

        Raises:
            httpx.RemoteProtocolError: the response was cut off.
            httpx.ReadTimeout: the request's own timeout expired.
        """
        more = True
        while more:
            chunk, more = await self._wait(self._connection.read())
            if chunk:
                yield chunk
                self._connection.grant(len(chunk))

    async def aclose(self) -> None:
        """Stop reading, and disconnect."""
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
            self._connection.fail(error)  # the caller provided the body
        else:
            self._connection.feed(b"", False)

    async def _wait(self, part: Awaitable[_Result]) -> _Result:
        seconds = self._request.extensions.get("timeout", {}).get("read")
        try:
            return await asyncio.wait_for(part, seconds)
        except asyncio.TimeoutError:
            raise httpx.ReadTimeout(
                f"The app sent nothing within this request's timeout of {seconds:g} seconds.",
                request=self._request,
            ) from None
        except ResponseAborted as aborted:
            raise httpx.RemoteProtocolError(str(aborted), request=self._request) from None


def _rewrite(url: httpx.URL, mount: Mount) -> httpx.URL | None:
    """Return ``url`` with the app's prefix; None if it is outside the app.

    As in a page, a path without the prefix is relative to the app.
    """
    root = _root(mount)
    app = httpx.URL(mount.url)
    if (url.scheme, url.host, url.port) != (app.scheme, app.host, app.port):
        return None
    path = url.raw_path
    if _is_below(path, root + root):  # httpx has joined a path with the prefix to base_url
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
    """Return the path where the app is mounted, without a trailing slash."""
    return urlsplit(mount.url).path.rstrip("/").encode()


def _rewrite_cookie(pair: tuple[bytes, bytes], root: bytes) -> tuple[bytes, bytes]:
    """Return a header; ``Set-Cookie`` gets the app's prefix in its path."""

    def rewrite(found: re.Match[bytes]) -> bytes:
        path = found[2].rstrip()
        return found[0] if path == b"/" or _is_below(path, root) else found[1] + root + path

    name, value = pair
    is_cookie = name.lower() == b"set-cookie"
    return (name, _COOKIE_PATH.sub(rewrite, value)) if is_cookie else pair


def _text(url: httpx.URL) -> str:
    """Return a URL without user and fragment, as in a page's request."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _has_body(request: httpx.Request) -> bool:
    """Return whether the headers announce a body (RFC 9112, section 6.3)."""
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
