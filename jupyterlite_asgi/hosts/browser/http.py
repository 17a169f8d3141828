"""An HTTP request and its response as messages to and from the service worker."""

from __future__ import annotations

from collections.abc import Callable

from ..http import WINDOW, Head, HttpConnection
from ..scope import http_scope
from .basic_auth import credentials_of
from .protocol import (
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

#: Sends a message to the worker that sent the request.
Post = Callable[[FromKernel], None]

#: Receives the later messages of an exchange.
Deliver = Callable[[FromWorker], None]

#: Runs a request, and returns the receiver of its later messages; None if it expired.
OnRequest = Callable[[Request, Post], Deliver | None]


class BrowserHttpConnection(HttpConnection):
    """One exchange with a service worker, which ``request`` starts."""

    def __init__(self, request: Request, post: Post, root_path: str) -> None:
        headers = [*split_headers(request.headers), *credentials_of(request.url)]
        scope = http_scope(request.method, request.url, headers, root_path)
        super().__init__(scope, has_body=request.body)
        self.id = request.id
        #: The name of the worker's channel.
        self.worker = request.reply
        self._post = post
        if request.body:
            self._post_credit(WINDOW)

    def deliver(self, message: FromWorker) -> None:
        """Handle a later message from the worker."""
        if isinstance(message, RequestBody):
            self.feed(message.chunk, message.more)
        elif isinstance(message, ResponseCredit):
            self.grant(message.bytes)
        elif isinstance(message, Cancel):
            self.disconnect()

    def _post_head(self, head: Head, chunk: bytes, more: bool) -> None:
        headers = join_headers(head.headers)
        self._post(Response(self.id, head.status, headers, chunk, more, head.reason))

    def _post_body(self, chunk: bytes, more: bool) -> None:
        self._post(ResponseBody(self.id, chunk, more))

    def _post_credit(self, size: int) -> None:
        self._post(RequestCredit(self.id, size))

    def _post_abort(self, reason: str) -> None:
        self._post(Abort(self.id, reason))
