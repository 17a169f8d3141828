"""Instances of the worker, a kernel that hears of them, and a loop that waits for nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any

from jupyterlite_asgi.hosts.browser.protocol import Cancel, FromKernel, FromWorker, Request
from jupyterlite_asgi.hosts.browser.reconnect import Exchanges


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


async def after(seconds: float) -> None:
    """Return when so much of this loop's time has passed."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


def request(method: str = "GET", *, body: bool = False, age: float = 0) -> Request:
    """A request of a page, that was sent ``age`` seconds ago."""
    sent = 1000 * (time.time() - age)
    url = "https://example.org/asgi/app/"
    return Request("1", "worker", sent, method, url, b"a\n1", body, "page")


class Peer:
    """An instance of the worker, with what was posted to it."""

    def __init__(self) -> None:
        self.is_gone = False
        self.posted: list[FromKernel] = []

    def post(self, message: FromKernel) -> None:
        self.posted.append(message)


class Cycle:
    """A run of the app: what it was given, and the way to its reader."""

    def __init__(self, request: Request, post: Callable[[FromKernel], None]) -> None:
        self.request, self.post = request, post
        self.received: list[FromWorker] = []

    def receive(self, message: FromWorker) -> None:
        self.received.append(message)

    @property
    def is_cancelled(self) -> bool:
        return any(isinstance(message, Cancel) for message in self.received)


class Kernel:
    """Exchanges, and the cycles that they began."""

    def __init__(self) -> None:
        self.exchanges = Exchanges()
        self.cycles: list[Cycle] = []
        self.refuses = False  # whether requests are read too late

    def begin(self, request: Request, peer: Peer, identifier: str = "1") -> None:
        """Take ``request``, sent by ``peer`` under that id."""
        request = dataclasses.replace(request, id=identifier)
        self.exchanges.begin(request, peer, self._on_request)

    def lose(self, peer: Peer) -> None:
        """Notice the end of ``peer``, as the transport does."""
        peer.is_gone = True
        self.exchanges.lost(peer)

    def _on_request(
        self, request: Request, post: Callable[[FromKernel], None]
    ) -> Callable[[FromWorker], None] | None:
        if self.refuses:
            return None
        self.cycles.append(Cycle(request, post))
        return self.cycles[-1].receive
