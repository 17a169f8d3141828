"""Adapts WSGI apps (PEP 3333) to ASGI, without threads."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

from ..patches.jspi import can_suspend
from ..patches.waiting import act_as_thread
from ..types import ASGIApp, HeaderPairs, Receive, Scope, Send

#: A WSGI app: ``app(environ, start_response)`` returns the parts of a body.
WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: How many bytes of a request's body to keep in memory; larger bodies go to a file.
SPOOL = 1024 * 1024

#: How many bytes of a file to send at once, at least.
BLOCK = 256 * 1024

#: Headers without the prefix ``HTTP_`` in an environ.
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def as_asgi_app(app: WSGIApp) -> ASGIApp:
    """Return an ASGI app that runs ``app``.

    The app blocks the event loop until it yields the next part of its body. It runs once the
    request's body is complete, because it reads the body synchronously.
    """

    async def adapted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"A WSGI app does not support {scope['type']!r}.")  # PEP 3333
        with SpooledTemporaryFile(SPOOL) as body:
            size = await _read(receive, body)
            act_as_thread()
            await _Answer(send).run(app, environ_of(scope, body, size))

    return adapted


def environ_of(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """Return the environ of a request whose body has ``size`` bytes (PEP 3333)."""
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
        "wsgi.input_terminated": True,  # tells frameworks that reads stop at the end
        "wsgi.errors": _Errors(),
        "wsgi.file_wrapper": _wrap_file,
        "wsgi.multithread": can_suspend(),  # another request may run while this one waits
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "asgi.scope": scope,  # as in other adapters
    }
    for name, value in scope["headers"]:
        key = _key(name.decode("latin-1"))
        # Repeated headers are joined (RFC 9110, section 5.3), cookies with semicolons.
        separator = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{separator}{text}" if key in environ else text
    if size or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(size)
    return environ


class _Answer:
    """A response: the arguments of ``start_response``, and the parts of the body."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._reason = ""
        self._headers: HeaderPairs = []
        self._begun = False  # the head has been sent
        self._written: list[bytes] = []

    async def run(self, app: WSGIApp, environ: dict[str, Any]) -> None:
        """Send the response of ``app``.

        Raises:
            RuntimeError: the app returned a body without calling ``start_response``.
            TypeError: it returned None.
        """
        parts: Iterable[bytes] | None = app(environ, self._start_response)
        if parts is None:
            raise TypeError("The app returned None instead of a body, an iterable of bytes.")
        try:
            for part in parts:
                await self._send_body(part)
                await asyncio.sleep(0)  # lets other tasks run, and this one be cancelled
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
        if exc_info is not None and (self._begun or any(self._written)):
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status:
            raise RuntimeError("start_response was called again without exc_info.")
        code, _, self._reason = status.partition(" ")
        self._status = int(code)
        self._headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self._written.append

    async def _send_body(self, part: bytes, *, last: bool = False) -> None:
        # The app may yield empty parts before it calls start_response.
        part = b"".join([*self._written, part])
        self._written.clear()
        if not part and not last:
            return
        if not self._status:
            raise RuntimeError("The app returned a body without calling start_response.")
        if not self._begun:
            self._begun = True
            head = {"status": self._status, "reason": self._reason, "headers": self._headers}
            await self._send({"type": "http.response.start", **head})
        await self._send({"type": "http.response.body", "body": part, "more_body": not last})


class _Errors:
    """``sys.stderr``, which lacks ``writelines`` in a Pyodide kernel."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        sys.stderr.flush()


def _wrap_file(file: IO[bytes], size: int = BLOCK) -> FileWrapper:
    """Return a body with a file's content; parts smaller than ``BLOCK`` would only be slower."""
    return FileWrapper(file, max(size, BLOCK))


async def _read(receive: Receive, body: IO[bytes]) -> int:
    """Write the request's body to a file, rewind it, and return the body's size."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError  # nobody waits for a response
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    size = body.tell()
    body.seek(0)
    return size


def _native(path: str) -> str:
    """Return a path as PEP 3333 wants it: each byte of its UTF-8 as a character."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _key(name: str) -> str:
    return _WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
