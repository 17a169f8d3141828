"""Instances of the worker, a kernel that hears of them, and a loop that waits for nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from jupyterlite_asgi.links import Links
from jupyterlite_asgi.protocol import (
    WINDOW,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    RequestCredit,
    Response,
)

GET = Request("1", "worker", 0, "GET", "https://example.org/asgi/app/", b"a\n1", False, "page")
POST = dataclasses.replace(GET, method="POST", body=True)
ANSWER = Response("1", 200, b"", b"hello", False)


class Clock(selectors.SelectSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run ``test``, and whatever it has begun to its end."""
    loop = Loop()
    try:
        loop.run_until_complete(asyncio.wait_for(test(), 60))
        for task in asyncio.all_tasks(loop):
            loop.run_until_complete(asyncio.wait_for(task, 60))
    finally:
        loop.close()


def now() -> float:
    return asyncio.get_running_loop().time()


def be_busy(seconds: float) -> None:
    """Run a cell for ``seconds``, while messages and timers wait."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Loop)
    loop.clock.now += seconds


async def after(seconds: float) -> None:
    """Return when so much of this loop's time has passed."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


class Peer:
    """An instance of the worker, with what was posted to it."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.posted: list[FromKernel] = []
        self._came = asyncio.Event()

    def post(self, message: FromKernel) -> None:
        self.posted.append(message)
        self._came.set()

    async def has(self, count: int) -> None:
        """Return when that many messages have come."""
        while len(self.posted) < count:
            self._came.clear()
            await self._came.wait()

    @property
    def credit(self) -> int:
        return sum(m.bytes for m in self.posted if isinstance(m, RequestCredit))

    @property
    def answers(self) -> list[FromKernel]:
        return [m for m in self.posted if not isinstance(m, RequestCredit)]


class Cycle:
    """A run of the app: what it was given, and the way to its reader."""

    def __init__(self, request: Request, post: Callable[[FromKernel], None]) -> None:
        self.request, self.post = request, post
        self.received: list[FromWorker] = []
        self.cancelled = asyncio.Event()
        if request.body:
            post(RequestCredit(request.id, WINDOW))

    def deliver(self, message: FromWorker) -> None:
        self.received.append(message)
        if isinstance(message, Cancel):
            self.cancelled.set()

    @property
    def body(self) -> bytes:
        return b"".join(m.chunk for m in self.received if isinstance(m, RequestBody))

    @property
    def has_all(self) -> bool:
        return any(isinstance(m, RequestBody) and not m.more for m in self.received)


class Kernel:
    """Links, and the cycles that they began."""

    def __init__(self) -> None:
        self.links = Links()
        self.cycles: list[Cycle] = []
        self._began = asyncio.Event()

    def begin(self, request: Request, peer: Peer, identifier: str = "1") -> None:
        """Take ``request``, sent by ``peer`` under that id."""
        request = dataclasses.replace(request, id=identifier)
        self.links.begin(request, peer, self._on_request)

    def upload(self, identifier: str, chunk: bytes, *, more: bool = True) -> None:
        """Take a part of a request's body."""
        self.links.deliver(RequestBody(identifier, chunk, more))

    def lose(self, peer: Peer) -> None:
        """Notice the end of ``peer``, as the transport does."""
        self.links.lost(peer)
        peer.ended.set()

    async def has(self, count: int) -> list[Cycle]:
        """Return the cycles when that many have begun."""
        while len(self.cycles) < count:
            self._began.clear()
            await self._began.wait()
        return self.cycles

    def _on_request(
        self, request: Request, post: Callable[[FromKernel], None]
    ) -> Callable[[FromWorker], None]:
        cycle = Cycle(request, post)
        self.cycles.append(cycle)
        self._began.set()
        return cycle.deliver
