"""WSGI apps (PEP 3333) as ASGI apps, without a thread."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..types import ASGIApp, HeaderPairs, Receive, Scope, Send

#: What a WSGI app is: ``app(environ, start_response)`` gives the parts of a body.
WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: Bytes of a request's body that are kept in memory; what is more goes into a file.
SPOOL = 1024 * 1024

#: Two of the headers have names of their own in an environ.
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def as_asgi_app(app: WSGIApp) -> ASGIApp:
    """An ASGI app that answers as ``app`` does.

    The app runs in place, on the loop, which it holds up until it gives the next part of its
    body. It is called once the request's body is there, for it reads it without waiting.
    """

    async def adapted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"A WSGI app knows nothing of {scope['type']!r}.")  # PEP 3333
        with SpooledTemporaryFile(SPOOL) as body:
            size = await _read(receive, body)
            await _Answer(send).run(app, environ_of(scope, body, size))

    return adapted


def environ_of(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """The environ of a request (PEP 3333, “environ Variables”).

    Args:
        scope: the request's, of which ``path`` includes ``root_path``.
        body: what its body is read from.
        size: how many bytes that has.
    """
    root = scope["root_path"]
    host, port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _native(root),
        "PATH_INFO": _native(scope["path"].removeprefix(root)),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,  # it ends where the body does, as some frameworks ask
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = _key(name.decode("latin-1"))
        # A header that comes twice is one list (RFC 9110, section 5.3), but for cookies.
        separator = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{separator}{text}" if key in environ else text
    if size or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(size)
    return environ


class _Answer:
    """One response: what the app says to ``start_response``, and the parts of its body."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._headers: HeaderPairs = []
        self._begun = False  # the head is on its way
        self._written: list[bytes] = []

    async def run(self, app: WSGIApp, environ: dict[str, Any]) -> None:
        """Send all that ``app`` gives.

        Raises:
            RuntimeError: it gave a body without a call of ``start_response``.
        """
        parts = app(environ, self._start_response)
        try:
            for part in parts:
                await self._send_body(part)
                await asyncio.sleep(0)  # nothing else would let others run, or the reader leave
            await self._send_body(b"", last=True)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _start_response(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: tuple[Any, BaseException, Any] | None = None,
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status:
            raise RuntimeError("start_response was called a second time, without exc_info.")
        self._status = int(status.split(" ", 1)[0])
        self._headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self._written.append

    async def _send_body(self, part: bytes, *, last: bool = False) -> None:
        # An empty part may come before the app knows what it will say.
        part = b"".join([*self._written, part])
        self._written.clear()
        if not part and not last:
            return
        if not self._status:
            raise RuntimeError("The app gave a body, but did not call start_response.")
        if not self._begun:
            self._begun = True
            head = {"status": self._status, "headers": self._headers}
            await self._send({"type": "http.response.start", **head})
        await self._send({"type": "http.response.body", "body": part, "more_body": not last})


async def _read(receive: Receive, body: IO[bytes]) -> int:
    """Write the request's body into a file, for reading from its beginning; give its size."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError  # nobody waits for an answer
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    size = body.tell()
    body.seek(0)
    return size


def _native(path: str) -> str:
    """A path as PEP 3333 has it: each byte of its UTF-8 a character."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _key(name: str) -> str:
    return _WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
