"""httpx, which opens sockets; a browser only has ``fetch``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from .jspi import can_suspend, suspend_until
from .unsupported import unread

#: Headers that ``fetch`` sets itself, or that would cause a CORS preflight (WHATWG Fetch).
_NOT_SENT = {
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
    "user-agent",
}

#: Headers that no longer apply once the browser has decoded the body.
_DECODED = {"content-encoding", "content-length"}


def patch_transports(module: ModuleType) -> None:
    """Send requests by ``fetch``. Seen in httpx 0.28, whose sockets never connect.

    The browser handles redirects and cookies by its own rules.
    """
    httpx: Any = module

    async def handle_async_request(transport: object, request: Any) -> Any:
        return await _fetch(httpx, request, await request.aread())

    def handle_request(transport: object, request: Any) -> Any:
        if not can_suspend():
            raise httpx.UnsupportedProtocol(
                "this browser cannot wait for a response inside a plain function: "
                "await it, with httpx.AsyncClient",
                request=request,
            )
        return suspend_until(_fetch_whole(httpx, request, request.read()))

    httpx.AsyncHTTPTransport.handle_async_request = handle_async_request
    httpx.HTTPTransport.handle_request = handle_request


async def _fetch_whole(httpx: Any, request: Any, body: bytes) -> Any:
    """Return the response with its whole body, for plain functions."""
    response = await _fetch(httpx, request, body)
    content = await response.aread()
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        content=content,
        extensions=response.extensions,
    )


async def _fetch(httpx: Any, request: Any, body: bytes) -> Any:
    """Return the response, once its headers arrive."""
    from pyodide.http import pyfetch

    url = str(request.url)
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_SENT}
    options = {"body": body} if body else {}
    try:
        async with asyncio.timeout(request.extensions.get("timeout", {}).get("read")):
            response = await pyfetch(url, method=request.method, headers=headers, **options)
    except TimeoutError:
        raise httpx.ReadTimeout("no response arrived in time", request=request) from None
    except OSError:
        raise httpx.ConnectError(unread(url), request=request) from None

    class Body(httpx.AsyncByteStream):  # type: ignore[misc]
        def __aiter__(self) -> AsyncIterator[bytes]:
            return _parts(response.js_response.body)

    return httpx.Response(
        response.status,
        headers=[pair for pair in response.headers.items() if pair[0] not in _DECODED],
        stream=Body(),
        extensions={"reason_phrase": response.status_text.encode()},
    )


async def _parts(body: Any) -> AsyncIterator[bytes]:
    """Yield the parts of a ``ReadableStream``, if any; cancel it if the reader stops early."""
    if body is None:
        return
    reader = body.getReader()
    try:
        while not (part := await reader.read()).done:
            yield part.value.to_bytes()
    finally:
        await reader.cancel()
