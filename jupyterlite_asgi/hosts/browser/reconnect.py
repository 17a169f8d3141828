"""Which instance of the service worker awaits which cycle, also when an instance dies.

If a browser stops the worker in the middle of a request, of whose response it has nothing yet,
Chromium resends the request from the next instance, under another id. GET and HEAD are safe (RFC
9110, section 9.2.1): they are cancelled and run anew. Any other request must not run twice, so its
cycle completes without a reader, and the resend is refused.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import time
from functools import partial
from typing import Protocol

from ...types import HeaderPairs
from .http import Deliver, OnRequest
from .protocol import (
    Abort,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    RequestCredit,
    split_headers,
)

#: Seconds after its answer, or the death of its instance, in which a request may be resent.
RESEND = 2.0

#: Seconds in which the death of an instance is noticed after the next one has spoken.
OVERLAP = 0.25

REFUSAL = (
    "This request may already have arrived, for the service worker stopped in the middle of it and "
    "the browser sent it again: check what the app has done before you send it once more."
)


class Peer(Protocol):
    """One instance of the service worker."""

    is_gone: bool
    """Whether its death has been noticed."""

    def post(self, message: FromKernel) -> None:
        """Send it a message, which is lost if it is gone."""


class Exchanges:
    """The exchanges that this kernel is working on."""

    def __init__(self) -> None:
        #: What a worker still expects an answer to, by its id.
        self.open: dict[str, _Exchange] = {}
        self._candidates: list[_Exchange] = []  # whose requests may be resent

    def begin(self, request: Request, peer: Peer, on_request: OnRequest) -> None:
        """Run the ``request`` of ``peer``, or refuse it if it is a resend that must not run."""
        exchange = self.open[request.id] = _Exchange(request, peer)
        originals = self._originals(exchange)
        if all(original.peer.is_gone for original in originals):
            self._run(exchange, originals, on_request)
        else:
            asyncio.get_running_loop().call_later(OVERLAP, self._decide, exchange, on_request)

    def deliver(self, message: FromWorker) -> None:
        """Hand a further message of an exchange to its cycle."""
        exchange = self.open.get(message.id)
        if exchange is None:
            return
        if isinstance(message, RequestBody):
            exchange.is_uploaded = not message.more
        else:
            exchange.ended = 0  # its reader has a part of the answer, or wants none: no resend
        if isinstance(message, Cancel):
            del self.open[message.id]
        if exchange.cycle is not None:
            exchange.cycle(message)

    def lost(self, peer: Peer) -> None:
        """An instance is gone, and with it the readers of its responses."""
        for identifier, exchange in list(self.open.items()):
            if exchange.peer is peer:
                del self.open[identifier]
                # An app that has the whole of an unsafe request completes what it has begun.
                if exchange.is_safe or exchange.ended < math.inf or not exchange.is_uploaded:
                    exchange.cancel()

    def _decide(self, exchange: _Exchange, on_request: OnRequest) -> None:
        """Run or refuse what came before the news of a death, unless its reader has left."""
        if exchange.request.id in self.open:
            originals = [each for each in self._originals(exchange) if each.peer.is_gone]
            self._run(exchange, originals, on_request)

    def _run(self, exchange: _Exchange, originals: list[_Exchange], on_request: OnRequest) -> None:
        request = exchange.request
        original = originals[0] if originals else None
        if original is not None:
            self._candidates.remove(original)
            # How late it may be read counts from the first attempt.
            exchange.request = dataclasses.replace(request, sent=original.request.sent)
        if original is None or exchange.is_safe:
            exchange.cycle = on_request(exchange.request, partial(self._post, exchange))
        if exchange.cycle is None and original is None:
            self.open.pop(request.id, None)  # read too late
            return
        self._candidates.append(exchange)
        if exchange.cycle is None:
            self._post(exchange, Abort(request.id, REFUSAL, 503))

    def _post(self, exchange: _Exchange, message: FromKernel) -> None:
        exchange.peer.post(message)
        if isinstance(message, RequestCredit):
            return
        exchange.ended = min(exchange.ended, time.time())
        if not getattr(message, "more", False):
            self.open.pop(exchange.request.id, None)
            exchange.cycle = None  # which need not be kept until a resend
        elif exchange.peer.is_gone:
            exchange.cancel()

    def _originals(self, exchange: _Exchange) -> list[_Exchange]:
        """Those of which ``exchange`` is the resend if their instances are gone."""
        sent = exchange.request.sent / 1000
        self._candidates = [each for each in self._candidates if sent - each.ended < RESEND]
        others = [each for each in self._candidates if each.peer is not exchange.peer]
        identity = _identity(exchange.request) if exchange.request.client and others else None
        return [each for each in others if _identity(each.request) == identity]


class _Exchange:
    """A request, the instance that sent it, and the cycle that answers it."""

    def __init__(self, request: Request, peer: Peer) -> None:
        self.request, self.peer = request, peer
        self.cycle: Deliver | None = None
        self.is_safe = request.method in ("GET", "HEAD")
        self.is_uploaded = not request.body
        self.ended = math.inf  # when it was answered or lost, in seconds since the epoch

    def cancel(self) -> None:
        """Tell the cycle that its reader is gone with the instance."""
        self.ended = min(self.ended, time.time())
        if self.cycle is not None:
            self.cycle(Cancel(self.request.id))


def _identity(request: Request) -> tuple[str, str, str, HeaderPairs]:
    # Whether the length of a body is known in time is a matter of chance.
    headers = [pair for pair in split_headers(request.headers) if pair[0] != b"content-length"]
    return request.client, request.method, request.url, headers
