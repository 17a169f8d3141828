"""Which instance of the service worker awaits which cycle, also when an instance dies.

A browser may stop the worker in the middle of a request. What the reader has seen nothing of,
Chromium then sends again, from the new instance and under another id: the request must not run
twice, so it is given the cycle that is running already.
"""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import zlib
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from .deadlines import Deadlines
from .host import Deliver, OnRequest
from .protocol import (
    WINDOW,
    Abort,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    RequestCredit,
    ResponseCredit,
    split_headers,
)
from .types import HeaderPairs

#: Seconds that a cycle goes on without a reader, for an instance that sends its request again.
ADOPTION = 2.0

#: Seconds in which the end of an instance shows itself: after the next one has spoken, and after
#: something was sent to what may have been gone already.
OVERLAP = 0.25

#: Bytes of a body by which one that was sent again is recognised.
PREFIX = WINDOW


class Peer(Protocol):
    """One instance of the service worker."""

    ended: asyncio.Event
    """Set once it is gone."""

    def post(self, message: FromKernel) -> None:
        """Send it a message."""


class Links:
    """The exchanges that this kernel is working on."""

    def __init__(self) -> None:
        self._open: dict[str, Link | _Claim] = {}  # by the id that the worker knows
        self._orphans: dict[str, Link] = {}
        self._doubts = Deadlines(OVERLAP)
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, request: Request, peer: Peer, on_request: OnRequest) -> None:
        """Run ``request``, or give its worker the cycle that runs it already.

        Args:
            request: what the worker sent.
            peer: the instance that sent it.
            on_request: begins a cycle.
        """
        twins = [link for link in self._links() if link.is_twin(request, peer)]
        if twins:
            claim = self._open[request.id] = _Claim(request, peer)
            self._spawn(self._settle(claim, twins, on_request))
        else:
            self._run(Link(request, peer), on_request)

    def deliver(self, message: FromWorker) -> None:
        """Hand a further message of an exchange to whoever waits for it."""
        link = self._open.get(message.id)
        if isinstance(message, Cancel):
            self._open.pop(message.id, None)
        if link is not None:
            link.receive(message)

    def is_open(self, identifier: str) -> bool:
        """Whether a worker can still expect an answer under that id."""
        return identifier in self._open

    @property
    def busy(self) -> bool:
        """Whether there is any."""
        return bool(self._open)

    def lost(self, peer: Peer) -> None:
        """An instance is gone: end what it has begun to read, keep the rest for the next one."""
        for identifier, link in list(self._open.items()):
            if link.peer is not peer:
                continue
            del self._open[identifier]
            if isinstance(link, Link) and not link.seen:
                link.peer = None
                self._orphans[identifier] = link
                self._give_up_in(ADOPTION, identifier)
            else:
                link.receive(Cancel(identifier))

    def _links(self) -> list[Link]:
        links = [link for link in self._open.values() if isinstance(link, Link)]
        return [*self._orphans.values(), *links]

    def _run(self, link: Link, on_request: OnRequest) -> None:
        identifier = link.request.id
        self._open[identifier] = link  # the app may answer at once
        link.on_end = lambda: self._open.pop(link.id, None)
        link.on_post = lambda: self._doubt(link)
        link.cycle = on_request(link.request, link.post)
        if link.cycle is None:
            del self._open[identifier]

    async def _settle(self, claim: _Claim, twins: list[Link], on_request: OnRequest) -> None:
        """Find the cycle of a request that was sent again; run it if it is a new one."""
        for twin in twins:
            twin.claims += 1
        await _ends([twin.peer for twin in twins if twin.peer is not None])
        found = None
        # What has received nothing repeats anything, so it comes last.
        for twin in sorted(twins, key=lambda twin: twin.prefix.size, reverse=True):
            # A copy, for another claim may adopt the twin meanwhile, which then receives more.
            if twin.id in self._orphans and await claim.repeats(copy.copy(twin.prefix)):
                found = self._orphans.pop(twin.id, None)
            if found is not None:
                break
        for twin in twins:
            twin.claims -= 1
        if self._open.pop(claim.request.id, None) is None:
            return  # cancelled meanwhile
        link = found or Link(claim.request, claim.peer)
        if found is not None:
            self._open[claim.request.id] = link
            link.adopt(claim)
        else:
            link.prepaid = claim.granted
            self._run(link, on_request)
        for part in claim.parts:
            link.receive(part)

    def _give_up_in(self, seconds: float, identifier: str) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds

        def give_up() -> None:
            orphan = self._orphans.get(identifier)
            if orphan is None:
                return
            # Where the kernel was busy, what adopts this may wait to be read.
            if orphan.claims or loop.time() - due > OVERLAP:
                self._give_up_in(OVERLAP, identifier)
            else:
                del self._orphans[identifier]
                orphan.receive(Cancel(identifier))

        loop.call_later(seconds, give_up)

    def _doubt(self, link: Link) -> None:
        """Keep what was sent until it is clear that somebody was there to read it."""
        loop = asyncio.get_running_loop()
        due = loop.time() + OVERLAP

        def trust() -> None:
            if loop.time() - due > OVERLAP:
                self._doubt(link)  # the kernel was busy: news of the end may wait to be read
            else:
                link.trust()

        self._doubts.set(link, trust)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # a loop alone holds tasks only weakly
        task.add_done_callback(self._tasks.discard)


class Link:
    """The way between a cycle and the worker instance that awaits it."""

    def __init__(self, request: Request, peer: Peer) -> None:
        self.request = request
        self.id = request.id
        self.peer: Peer | None = peer
        self.cycle: Deliver | None = None
        self.claims = 0  # that are being looked at
        #: Whether the reader has seen something of the response.
        self.seen = False

        # what the links want to know
        self.on_end: Callable[[], object]
        self.on_post: Callable[[], object]

        # request body
        self.prefix = _Prefix()
        self.prepaid = 0  # credit that was given before there was a cycle
        self._received = 0
        self._complete = not request.body
        self._granted = 0
        self._skip = 0  # bytes that come a second time

        # response, as far as nobody may have read it
        self._kept: list[FromKernel] = []
        self._whole = False

    def is_twin(self, request: Request, peer: Peer) -> bool:
        """Whether ``request``, of ``peer``, may be ours sent again by another instance."""
        return (
            self.peer is not peer
            and not self.seen
            and bool(request.client)
            and _identity(self.request) == _identity(request)
        )

    def receive(self, message: FromWorker) -> None:
        """Take a message of the worker."""
        if isinstance(message, RequestBody):
            if self._complete:
                return
            fresh = message.chunk[self._skip :]
            self._skip = max(0, self._skip - len(message.chunk))
            self._received += len(fresh)
            self.prefix.add(fresh)
            self._complete = not message.more
            message = dataclasses.replace(message, chunk=fresh)
        elif isinstance(message, ResponseCredit):
            self.trust()
        if self.cycle is not None and not self._whole:
            self.cycle(message)

    def post(self, message: FromKernel) -> None:
        """Take a message of the cycle."""
        if isinstance(message, RequestCredit):
            paid = min(self.prepaid, message.bytes)
            self.prepaid -= paid
            self._granted += message.bytes
            message = RequestCredit(self.id, message.bytes - paid)
        else:
            self._whole = isinstance(message, Abort) or not getattr(message, "more", True)
            if self.seen and self._whole:
                self.on_end()
            elif not self.seen:
                self._kept.append(message)
                if len(self._kept) == 1 and self.peer is not None:
                    self.on_post()
        if self.peer is not None:
            self.peer.post(dataclasses.replace(message, id=self.id))

    def trust(self) -> None:
        """The reader, if there is one, has got what was sent."""
        if self.peer is None:
            return
        self.seen = True
        self._kept.clear()
        if self._whole:
            self.on_end()

    def adopt(self, claim: _Claim) -> None:
        """Go on with the instance that sent the request again, from its first byte."""
        self.id, self.peer = claim.request.id, claim.peer
        self._skip = self._received
        if self.request.body:
            self.peer.post(RequestCredit(self.id, self._granted - claim.granted))
        for message in self._kept:
            self.peer.post(dataclasses.replace(message, id=self.id))
        if self._kept:
            self.on_post()


class _Claim:
    """A request that may be another one sent again; it waits until that is known."""

    def __init__(self, request: Request, peer: Peer) -> None:
        self.request, self.peer = request, peer
        self.granted = 0
        self.parts: list[RequestBody] = []
        self._came = asyncio.Event()
        self._cancelled = False

    def receive(self, message: FromWorker) -> None:
        """Take a message of the worker."""
        if isinstance(message, RequestBody):
            self.parts.append(message)
        self._cancelled = self._cancelled or isinstance(message, Cancel)
        self._came.set()

    async def repeats(self, prefix: _Prefix) -> bool:
        """Whether our body begins so."""
        if prefix.size > self.granted:
            self.peer.post(RequestCredit(self.request.id, prefix.size - self.granted))
            self.granted = prefix.size
        while not self._cancelled:
            body = b"".join(part.chunk for part in self.parts)
            if len(body) >= prefix.size:
                return prefix.begins(body)
            if self.parts and not self.parts[-1].more:
                return False
            self._came.clear()
            await self._came.wait()
        return False


class _Prefix:
    """The beginning of a body, by its size and its checksum."""

    def __init__(self) -> None:
        self.size = 0
        self._checksum = 0

    def add(self, chunk: bytes) -> None:
        """Take the next part of the body, as far as it belongs to its beginning."""
        part = chunk[: PREFIX - self.size]
        self.size += len(part)
        self._checksum = zlib.crc32(part, self._checksum)

    def begins(self, body: bytes) -> bool:
        """Whether ``body`` begins so."""
        return zlib.crc32(body[: self.size]) == self._checksum


def _identity(request: Request) -> tuple[str, str, str, HeaderPairs, bool]:
    # Whether a body's length was known in time is a matter of chance.
    headers = [pair for pair in split_headers(request.headers) if pair[0] != b"content-length"]
    return request.client, request.method, request.url, headers, request.body


async def _ends(peers: list[Peer]) -> None:
    """Return when all ``peers`` have ended, or it is clear that one of them lives."""
    ends = [asyncio.ensure_future(peer.ended.wait()) for peer in peers]
    if ends:
        _, living = await asyncio.wait(ends, timeout=OVERLAP)
        for end in living:
            end.cancel()
