"""One HTTP request and its response: scope, receive and send (ASGI 3, HTTP spec 2.4)."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import failures
from .errors import ClientDisconnected, Undecodable
from .protocol import (
    CHUNK,
    WINDOW,
    Abort,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    RequestCredit,
    Response,
    ResponseBody,
    ResponseCredit,
    join_headers,
    split_headers,
)
from .types import ASGIApp, HeaderPairs, Message

#: Seconds that a bland 500 is kept back for the exception that usually follows it.
HOLD_BACK = 0.05

#: RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: no content, whatever the app sends.
_NO_CONTENT = (204, 205, 304)

#: RFC 9110, sections 5.6.2 and 5.5: what a name is made of, and what no value may have.
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_VALUE = re.compile(rb"[\0\r\n]")

_BLAND = b"Internal Server Error"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def http_scope(request: Request, root_path: str, state: dict[str, Any]) -> dict[str, Any]:
    """The scope of a request, as uvicorn would make it behind a proxy that sets ``root_path``.

    Args:
        request: what the worker sent.
        root_path: where the app is mounted, as URLs have it, without a slash at its end; ``path``
            includes it, and both are decoded.
        state: the lifespan's state, of which every request gets a shallow copy.
    """
    url = urlsplit(request.url)
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 0)
    raw_path = url.path or "/"
    headers: HeaderPairs = [(b"host", url.netloc.rpartition("@")[2].encode("ascii"))]
    headers += [pair for pair in split_headers(request.headers) if pair[0] != b"host"]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": url.scheme,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("ascii"),
        "query_string": url.query.encode("ascii"),
        "root_path": unquote(root_path),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (url.hostname or "", port),
        "state": state.copy(),
        "extensions": _extensions(headers),
    }


def _extensions(headers: HeaderPairs) -> dict[str, dict[str, object]]:
    """What we can do beyond the core of the specification, for this request."""
    extensions: dict[str, dict[str, object]] = {"http.response.pathsend": {}}
    if any(name == b"te" and b"trailers" in value.lower() for name, value in headers):
        extensions["http.response.trailers"] = {}
    return extensions


class Cycle:
    """Runs an app for one request and turns what it sends into messages.

    Args:
        request: what the worker sent.
        post: takes messages for the worker, in order.
    """

    def __init__(self, request: Request, post: Callable[[FromKernel], None]) -> None:
        # connection
        self.id = request.id
        self._post = post
        self._gone = False  # the reader has left
        self._stopping = False  # the app is to end, its reader is still there
        self._changed = asyncio.Event()

        # request
        self._request = request
        self._scope: dict[str, Any] = {}
        self._head_only = request.method.upper() == "HEAD"
        self._body: deque[RequestBody] = deque()
        self._taken = 0
        if request.body:
            post(RequestCredit(request.id, WINDOW))
        else:
            self._body.append(RequestBody(request.id, b"", False))

        # response
        self._status = 0
        self._headers: HeaderPairs = []
        self._head_sent = False
        self._complete = False
        self._trailers = False  # are to come
        self._malformed: Exception | None = None
        self._parts = False  # some of the body has come
        self._credit = WINDOW
        self._held: Response | None = None
        self._release: asyncio.TimerHandle | None = None

    @property
    def started(self) -> bool:
        """Whether the reader has the head of a response."""
        return self._head_sent

    def feed(self, message: FromWorker) -> None:
        """Take a message of the worker that belongs to this exchange."""
        if isinstance(message, RequestBody):
            self._body.append(message)
        elif isinstance(message, ResponseCredit):
            self._credit += message.bytes
        elif isinstance(message, Cancel):
            self._gone = True
        self._changed.set()

    def disconnect(self) -> None:
        """Tell the app to end, as if its reader were gone; what it still sends is delivered."""
        self._stopping = True
        self._changed.set()

    def expire(self, seconds: float, task: asyncio.Task[None]) -> None:
        """Give up an app that has sent nothing for ``seconds``: 504, and ``task`` is cancelled."""
        scope = self._scope or http_scope(self._request, "", {})
        self._answer(failures.late(scope, seconds, task))
        task.cancel()

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        """Run the app to its end; whatever it does, the reader gets an end too.

        Args:
            app: the ASGI app.
            scope: the request's scope, as ``http_scope`` makes it.

        Raises:
            asyncio.CancelledError: the task was cancelled; the reader has been told.
        """
        self._scope = scope
        try:
            await app(scope, self.receive, self.send)
        except asyncio.CancelledError:
            self._end("The app was stopped before it had answered.")
            raise
        except ClientDisconnected:
            self._end("The reader has left.")
        except Undecodable as error:
            self._refuse(failures.undecodable(self._scope, error))
        except BaseException as error:
            # SystemExit too: sys.exit() in a handler must not end the kernel's loop.
            self._fail(error)
        else:
            self._end("The app returned without sending a response.")

    async def receive(self) -> Message:
        """Give the app the next part of the body, and after it wait for the reader to leave."""
        while True:
            if self._gone or self._stopping or self._complete:
                return {"type": "http.disconnect"}
            if self._body:
                part = self._body.popleft()
                self._grant(len(part.chunk), part.more)
                return {"type": "http.request", "body": part.chunk, "more_body": part.more}
            await self._change()

    async def send(self, message: Message) -> None:
        """Take the app's next message; return when the reader is less than a window behind.

        Raises:
            ClientDisconnected: the reader is gone.
            RuntimeError: this message is not one that may come now.
            TypeError: headers or body are not bytes.
            ValueError: no response has such a status, or such a header.
            OSError: the file of a ``http.response.pathsend`` cannot be read.
        """
        if self._gone:
            raise ClientDisconnected("The reader has left; nothing more can be sent.")
        try:
            await self._take(message)
        except (RuntimeError, TypeError, ValueError) as error:
            # The app may do with it what it wants, its reader and its author are told.
            self._malformed = self._malformed or error
            raise

    async def _take(self, message: Message) -> None:
        kind = message["type"]
        if self._complete and not self._trailers:
            raise RuntimeError(
                f"Unexpected ASGI message {kind!r} sent, after the response was complete."
            )
        if not self._status:
            _expect("http.response.start", kind)
            self._start(message)
        elif self._complete:
            _expect("http.response.trailers", kind)
            # No browser shows them to anybody, so they end here.
            self._trailers = bool(message.get("more_trailers", False))
        elif kind == "http.response.pathsend" and not self._parts:
            await self._send_file(message["path"])
        else:
            _expect("http.response.body", kind)
            self._parts = True
            await self._send_body(message)

    def _start(self, message: Message) -> None:
        status = message["status"]
        if not isinstance(status, int):
            raise TypeError(f"Expected the status as an int, but got {status!r}.")
        if not 200 <= status <= 599:
            raise ValueError(f"Expected a status from 200 to 599, but got {status}.")
        headers = [(_bytes(name), _bytes(value)) for name, value in message.get("headers", ())]
        for name, value in headers:
            if not _NAME.fullmatch(name) or _NO_VALUE.search(value):
                raise ValueError(f"No response has a header {name!r} with the value {value!r}.")
        self._status, self._headers = int(status), headers
        self._trailers = bool(message.get("trailers", False))
        # A body that does not follow at once may take long: an event stream's head must not wait.
        asyncio.get_running_loop().call_soon(self._send_head)

    async def _send_body(self, message: Message) -> None:
        body = message.get("body", b"")
        if not isinstance(body, bytes | bytearray | memoryview):
            raise TypeError(f"Expected the body as bytes, but got {type(body).__name__}.")
        more = bool(message.get("more_body", False))
        if self._head_only or self._status in _NO_CONTENT:
            self._emit(b"", more, bland=body == _BLAND)
            await asyncio.sleep(0)  # nothing else would stop an endless generator
            return
        view = memoryview(bytes(body))
        first, rest = view[:CHUNK], view[CHUNK:]
        while True:
            while self._credit <= 0 and not self._gone:
                await self._change()
            if self._gone:
                raise ClientDisconnected("The reader has left; nothing more can be sent.")
            self._emit(bytes(first), more or bool(rest), bland=body == _BLAND)
            if not rest:
                return
            first, rest = rest[:CHUNK], rest[CHUNK:]

    async def _send_file(self, path: str) -> None:
        if not self._head_only:
            for chunk in _read(path):
                await self._send_body({"body": chunk, "more_body": True})
        await self._send_body({})

    def _send_head(self) -> None:
        if not (self._head_sent or self._gone or self._status == failures.STATUS):
            self._emit(b"", True)

    def _emit(self, chunk: bytes, more: bool, *, bland: bool = False) -> None:
        self._credit -= len(chunk)
        self._complete = not more
        self._changed.set()
        if self._head_sent:
            if chunk or not more:
                self._post(ResponseBody(self.id, chunk, more))
            return
        self._head_sent = True
        response = Response(self.id, self._status, join_headers(self._headers), chunk, more)
        if self._status == failures.STATUS and bland and not more:
            # Starlette answers so, then raises what happened: that is worth waiting for.
            self._held = response
            self._release = asyncio.get_running_loop().call_later(HOLD_BACK, self._let_go)
        else:
            self._post(response)

    def _let_go(self) -> None:
        if self._release is not None:
            self._release.cancel()
            self._release = None
        if self._held is not None:
            held, self._held = self._held, None
            self._post(held)

    def _fail(self, error: BaseException) -> None:
        if self._malformed is not None:
            self._refuse(failures.malformed(self._scope, self._malformed))
            return
        print(failures.format_traceback(error), end="", file=sys.stderr)
        if self._held is not None or not self._head_sent:
            self._held = None
            self._answer(failures.raised(self._scope, error))
        elif not self._complete:
            self._abort(f"The app raised {type(error).__name__} in the middle of its response.")
        self._let_go()

    def _refuse(self, failure: failures.Failure) -> None:
        """End a response that no reader can take: 502, and one sentence for the author."""
        self._malformed = None
        print(failure.sentence, file=sys.stderr)
        if not self._head_sent:
            self._answer(failure)
        elif not self._complete:
            self._abort(failure.sentence)
        self._let_go()

    def _end(self, reason: str) -> None:
        if self._malformed is not None:
            self._refuse(failures.malformed(self._scope, self._malformed))
        elif not self._head_sent:
            self._answer(failures.unanswered(self._scope, reason))
        elif not self._complete:
            self._abort("The app ended before its response was complete.")
        self._let_go()

    def _answer(self, failure: failures.Failure) -> None:
        self._head_sent = self._complete = True
        if not self._gone:
            body = b"" if self._head_only else failure.body
            headers = join_headers(failure.headers)
            self._post(Response(self.id, failure.status, headers, body, False))

    def _abort(self, reason: str) -> None:
        self._complete = True
        if not self._gone:
            self._post(Abort(self.id, reason))

    def _grant(self, size: int, more: bool) -> None:
        self._taken += size
        if more and self._taken >= CHUNK:
            self._post(RequestCredit(self.id, self._taken))
            self._taken = 0

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def _read(path: str) -> Iterator[bytes]:
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _expect(expected: str, kind: str) -> None:
    if kind != expected:
        raise RuntimeError(f"Expected ASGI message {expected!r}, but got {kind!r}.")


def _bytes(part: object) -> bytes:
    if not isinstance(part, bytes | bytearray | memoryview):
        raise TypeError(f"Expected header names and values as bytes, but got {_kind(part)}.")
    return bytes(part)


def _kind(thing: object) -> str:
    return f"{type(thing).__name__} ({thing!r})"
