"""An ordinary exchange: its messages in both directions, and how it ends."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    RequestCredit,
    ResponseBody,
    ResponseCredit,
)
from jupyterlite_asgi.hosts.browser.resend import Exchanges

from .support.fake_worker import ANSWER, STARTED, FakeKernel, FakeWorker, page_request, resend


def test_messages_are_passed_on_in_both_directions() -> None:
    kernel, worker = FakeKernel(), FakeWorker()
    kernel.begin(page_request("POST", body=True), worker)
    (connection,) = kernel.connections
    received: list[FromWorker] = [RequestBody("1", b"one", False), ResponseCredit("1", 3)]
    posted: list[FromKernel] = [RequestCredit("1", 9), STARTED, ResponseBody("1", b"", False)]
    for sent in received:
        kernel.exchanges.deliver(sent)
    for message in posted:
        assert "1" in kernel.exchanges.open
        connection.post(message)
    assert (connection.received, worker.posted, kernel.exchanges.open) == (received, posted, {})


def test_cancel_ends_the_exchange() -> None:
    kernel, worker = FakeKernel(), FakeWorker()
    kernel.begin(page_request(), worker)
    kernel.exchanges.deliver(Cancel("1"))
    kernel.exchanges.deliver(ResponseCredit("1", 3))
    kernel.lose(worker)
    assert (kernel.connections[0].received, kernel.exchanges.open) == ([Cancel("1")], {})


def test_app_may_respond_synchronously() -> None:
    exchanges, worker = Exchanges(), FakeWorker()

    def on_request(
        request: Request, post: Callable[[FromKernel], None]
    ) -> Callable[[FromWorker], None]:
        post(ANSWER)
        return lambda message: pytest.fail("the exchange has ended")

    exchanges.begin(page_request("POST"), worker, on_request)
    exchanges.lost(worker)
    assert (worker.posted, exchanges.open) == ([ANSWER], {})


def test_finished_connection_is_released() -> None:
    kernel, worker = FakeKernel(), FakeWorker()
    kernel.begin(page_request(), worker)
    connection = weakref.ref(kernel.connections[0])
    kernel.connections.pop().post(ANSWER)
    assert connection() is None


def test_expired_request_is_not_open() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.refuses = True
    kernel.begin(page_request("POST"), old)
    assert (old.posted, kernel.exchanges.open) == ([], {})
    kernel.refuses = False
    resend(kernel, page_request("POST"), old, new)
    assert len(kernel.connections) == 1
