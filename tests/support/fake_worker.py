"""Instances of the service worker, and a kernel that records their requests."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    Response,
)
from jupyterlite_asgi.hosts.browser.resend import REFUSAL, Exchanges

#: A whole response, and the start of one.
ANSWER = Response("1", 200, b"", b"hello", False, "OK")
STARTED = Response("1", 200, b"", b"one", True, "OK")


def page_request(method: str = "GET", *, body: bool = False, age: float = 0) -> Request:
    """A page's request that was sent ``age`` seconds ago."""
    sent = 1000 * (time.time() - age)
    url = "https://example.org/asgi/app/"
    return Request("1", "worker", sent, method, url, b"a\n1", body, "page")


class FakeWorker:
    """An instance of the worker, which records what is posted to it."""

    def __init__(self) -> None:
        self.is_gone = False
        self.posted: list[FromKernel] = []

    def post(self, message: FromKernel) -> None:
        self.posted.append(message)


class FakeConnection:
    """A run of the app: the messages it received, and a way to post to its client."""

    def __init__(self, request: Request, post: Callable[[FromKernel], None]) -> None:
        self.request, self.post = request, post
        self.received: list[FromWorker] = []

    def receive(self, message: FromWorker) -> None:
        self.received.append(message)

    @property
    def is_cancelled(self) -> bool:
        return any(isinstance(message, Cancel) for message in self.received)


class FakeKernel:
    """Exchanges, and the connections that they started."""

    def __init__(self) -> None:
        self.exchanges = Exchanges()
        self.connections: list[FakeConnection] = []
        self.refuses = False  # whether requests have expired when they are read

    def begin(self, request: Request, worker: FakeWorker, identifier: str = "1") -> None:
        """Receive ``request``, sent by ``worker`` under that id."""
        request = dataclasses.replace(request, id=identifier)
        self.exchanges.begin(request, worker, self._on_request)

    def lose(self, worker: FakeWorker) -> None:
        """Lose ``worker``, as when its lock is granted."""
        worker.is_gone = True
        self.exchanges.lost(worker)

    def _on_request(
        self, request: Request, post: Callable[[FromKernel], None]
    ) -> Callable[[FromWorker], None] | None:
        if self.refuses:
            return None
        self.connections.append(FakeConnection(request, post))
        return self.connections[-1].receive


def refusal(identifier: str) -> Abort:
    """The message that refuses the request with that id."""
    return Abort(identifier, REFUSAL, 503)


def resend(kernel: FakeKernel, again: Request, old: FakeWorker, new: FakeWorker) -> None:
    """Lose ``old``, then let ``new`` resend the request as ``again``."""
    kernel.lose(old)
    kernel.begin(again, new, "2")
