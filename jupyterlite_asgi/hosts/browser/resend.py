"""Maps exchanges to instances of the service worker, and handles the end of an instance.

If a browser stops the worker before a response has started, Chromium resends the request through
the next instance, under another id. GET and HEAD are safe (RFC 9110, section 9.2.1): they are
cancelled and run again. Any other request must not run twice, so it completes without a reader,
and the resend is refused.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from ...types import HeaderPairs
from .http import Deliver, OnRequest
from .protocol import (
    Abort,
    Begun,
    Cancel,
    FromKernel,
    FromWorker,
    ProtocolError,
    Request,
    RequestBody,
    RequestCredit,
    split_headers,
)

#: Seconds after its response, or the end of its instance, in which a request may be resent.
RESEND = 2.0

#: Seconds to wait for news of an instance's end after the next one has sent a request.
OVERLAP = 0.25

REFUSAL = (
    "This request may already have arrived, because the service worker stopped during it and the "
    "browser sent it again: check what the app has done before you repeat it."
)

MALFORMED = (
    "The URL or the headers of this request cannot be read: check how the page builds them, "
    "then send the request again."
)


class Peer(Protocol):
    """One instance of the service worker."""

    is_gone: bool
    """Whether its end has been noticed."""

    def post(self, message: FromKernel) -> None:
        """Send a message, which is lost if the instance is gone."""


class Exchanges:
    """The exchanges that this kernel is working on."""

    def __init__(self) -> None:
        #: The exchanges whose responses workers still expect, by id.
        self.open: dict[str, _Exchange] = {}
        self._candidates: list[_Exchange] = []  # which may be resent
        self._tasks: set[asyncio.Future[None]] = set()  # loops only hold weak references

    def begin(
        self,
        request: Request,
        peer: Peer,
        on_request: OnRequest,
        confirm: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Run a request from ``peer``, or refuse it if it is a resend that must not run.

        ``confirm()`` says whether it may run at all.

        Raises:
            ProtocolError: a request with the same id is open.
        """
        if request.id in self.open:
            raise ProtocolError(f"the request {request.id!r} is already open")
        exchange = self.open[request.id] = _Exchange(request, peer)
        if confirm is None:
            self._begin(exchange, on_request)
        else:
            task = asyncio.ensure_future(self._confirm(exchange, on_request, confirm))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _confirm(
        self,
        exchange: _Exchange,
        on_request: OnRequest,
        confirm: Callable[[], Awaitable[bool]],
    ) -> None:
        confirmed = False
        try:
            confirmed = await confirm()
        finally:
            if not confirmed:  # pings tell the worker, unless another kernel answers
                self.open.pop(exchange.request.id, None)
        if confirmed and exchange.request.id in self.open:
            self._begin(exchange, on_request)

    def _begin(self, exchange: _Exchange, on_request: OnRequest) -> None:
        try:
            originals = self._originals(exchange)
        except ValueError:
            self._post(exchange, Abort(exchange.request.id, MALFORMED, 400))
            return
        if all(original.peer.is_gone for original in originals):
            self._run(exchange, originals, on_request)
        else:
            asyncio.get_running_loop().call_later(OVERLAP, self._decide, exchange, on_request)

    def deliver(self, message: FromWorker) -> None:
        """Pass a later message of an exchange to its connection."""
        exchange = self.open.get(message.id)
        if exchange is None:
            return
        if isinstance(message, RequestBody):
            exchange.is_uploaded = not message.more
        else:
            exchange.ended = 0  # the response is being read or was cancelled: no resend
        if isinstance(message, Cancel):
            del self.open[message.id]
        if exchange.deliver is not None:
            exchange.deliver(message)

    def lost(self, peer: Peer) -> None:
        """Handle the end of an instance, whose responses have lost their readers."""
        for identifier, exchange in list(self.open.items()):
            if exchange.peer is peer:
                del self.open[identifier]
                # An unsafe request that was fully received runs to its end.
                if exchange.is_safe or exchange.ended < math.inf or not exchange.is_uploaded:
                    exchange.cancel()

    def _decide(self, exchange: _Exchange, on_request: OnRequest) -> None:
        """Run or refuse a request that waited for news of an instance's end, unless cancelled."""
        if exchange.request.id in self.open:
            originals = [each for each in self._originals(exchange) if each.peer.is_gone]
            self._run(exchange, originals, on_request)

    def _run(self, exchange: _Exchange, originals: list[_Exchange], on_request: OnRequest) -> None:
        request = exchange.request
        original = originals[0] if originals else None
        if original is not None:
            self._candidates.remove(original)
            # It expires when the original would have.
            exchange.request = dataclasses.replace(request, sent=original.request.sent)
        if original is None or exchange.is_safe:
            try:
                exchange.deliver = on_request(exchange.request, partial(self._post, exchange))
            except ValueError:
                self._post(exchange, Abort(request.id, MALFORMED, 400))
                return
        if exchange.deliver is None and original is None:
            self.open.pop(request.id, None)  # it expired
            return
        self._candidates.append(exchange)
        if exchange.deliver is None:
            self._post(exchange, Abort(request.id, REFUSAL, 503))

    def _post(self, exchange: _Exchange, message: FromKernel) -> None:
        exchange.peer.post(message)
        if isinstance(message, Begun | RequestCredit):
            return
        exchange.ended = min(exchange.ended, time.time())
        if not getattr(message, "more", False):
            self.open.pop(exchange.request.id, None)
            exchange.deliver = None  # free it now: a candidate may stay for a while
        elif exchange.peer.is_gone:
            exchange.cancel()

    def _originals(self, exchange: _Exchange) -> list[_Exchange]:
        """Return the exchanges that ``exchange`` may be a resend of."""
        sent = exchange.request.sent / 1000
        self._candidates = [each for each in self._candidates if sent - each.ended < RESEND]
        others = [each for each in self._candidates if each.peer is not exchange.peer]
        identity = _identity(exchange.request) if exchange.request.client and others else None
        return [each for each in others if _identity(each.request) == identity]


class _Exchange:
    """A request, the instance that sent it, and the connection that handles it."""

    def __init__(self, request: Request, peer: Peer) -> None:
        self.request, self.peer = request, peer
        self.deliver: Deliver | None = None
        self.is_safe = request.method in ("GET", "HEAD")
        self.is_uploaded = not request.body
        self.ended = math.inf  # when the response or the loss came, in seconds since the epoch

    def cancel(self) -> None:
        """Disconnect the reader, which is gone with the instance."""
        self.ended = min(self.ended, time.time())
        if self.deliver is not None:
            self.deliver(Cancel(self.request.id))


def _identity(request: Request) -> tuple[str, str, str, HeaderPairs]:
    # A resend may lack content-length, depending on timing.
    headers = [pair for pair in split_headers(request.headers) if pair[0] != b"content-length"]
    return request.client, request.method, request.url, headers
