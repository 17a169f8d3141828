"""A worker instance dies and the next one resends its requests: no unsafe request runs twice."""

from __future__ import annotations

import dataclasses

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    Cancel,
    FromKernel,
    RequestBody,
    RequestCredit,
)
from jupyterlite_asgi.hosts.browser.resend import OVERLAP, REFUSAL, RESEND

from .support.fake_worker import (
    ANSWER,
    STARTED,
    FakeKernel,
    FakeWorker,
    page_request,
    refusal,
    resend,
)
from .support.virtual_time import after

SAFE = ("GET", "HEAD")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.parametrize("method", SAFE)
def test_safe_request_runs_again(method: str) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(method, age=10), old)
    resend(kernel, page_request(method), old, new)
    first, second = kernel.connections
    assert (first.is_cancelled, second.is_cancelled) == (True, False)
    assert second.request.sent == first.request.sent
    second.post(dataclasses.replace(ANSWER, id="2"))
    assert new.posted == [dataclasses.replace(ANSWER, id="2")]


@pytest.mark.parametrize("method", UNSAFE)
def test_unsafe_request_is_refused_and_its_app_completes(method: str) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(method), old)
    resend(kernel, page_request(method), old, new)
    (connection,) = kernel.connections
    assert new.posted == [refusal("2")]
    connection.post(ANSWER)
    assert (connection.received, kernel.exchanges.open) == ([], {})
    assert len(new.posted) == 1


def test_refusal_says_what_to_do() -> None:
    assert "may already have arrived" in REFUSAL
    assert REFUSAL.endswith(": check what the app has done before you repeat it.")


@pytest.mark.parametrize(("method", "count"), [("GET", 2), ("POST", 1)])
@pytest.mark.virtual_time
async def test_loss_may_be_noticed_after_the_resend(method: str, count: int) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(method, age=10), old)
    kernel.begin(page_request(method), new, "2")
    assert (len(kernel.connections), "2" in kernel.exchanges.open) == (1, True)
    kernel.lose(old)
    await after(OVERLAP)
    assert len(kernel.connections) == count
    assert kernel.connections[-1].request.sent == kernel.connections[0].request.sent


@pytest.mark.parametrize("answer", [ANSWER, STARTED, Abort("1", "The app ended.")])
def test_resend_after_an_unconfirmed_response_is_refused(answer: FromKernel) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    kernel.connections[0].post(answer)
    resend(kernel, page_request("POST", age=-0.9 * RESEND), old, new)
    assert new.posted == [refusal("2")]
    assert len(kernel.connections) == 1


@pytest.mark.parametrize(("method", "count"), [("GET", 3), ("POST", 1)])
def test_second_loss_is_handled(method: str, count: int) -> None:
    kernel, first, second, third = FakeKernel(), FakeWorker(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(method, age=10), first)
    resend(kernel, page_request(method), first, second)
    kernel.lose(second)
    kernel.begin(page_request(method), third, "3")
    assert len(kernel.connections) == count
    assert kernel.connections[-1].request.sent == kernel.connections[0].request.sent
    assert third.posted == ([] if method == "GET" else [refusal("3")])


@pytest.mark.virtual_time
async def test_second_loss_may_be_noticed_before_the_first() -> None:
    kernel, first, second, third = FakeKernel(), FakeWorker(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), first)
    kernel.begin(page_request("POST"), second, "2")
    kernel.lose(second)
    resend(kernel, page_request("POST"), first, third)
    await after(2 * OVERLAP)
    assert (len(kernel.connections), second.posted, third.posted) == (1, [], [refusal("2")])


def test_expired_resend_is_refused() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(), old)
    kernel.refuses = True
    resend(kernel, page_request(), old, new)
    assert (new.posted, kernel.exchanges.open) == ([refusal("2")], {})


@pytest.mark.virtual_time
async def test_resend_can_be_cancelled_before_the_loss_is_noticed() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(), old)
    kernel.begin(page_request(), new, "2")
    kernel.exchanges.deliver(Cancel("2"))
    kernel.lose(old)
    await after(OVERLAP)
    assert (len(kernel.connections), new.posted, kernel.exchanges.open) == (1, [], {})


# An instance that dies takes its clients along


@pytest.mark.parametrize("method", SAFE)
def test_safe_request_of_a_lost_instance_is_cancelled(method: str) -> None:
    kernel, old = FakeKernel(), FakeWorker()
    kernel.begin(page_request(method), old)
    kernel.lose(old)
    assert kernel.connections[0].received == [Cancel("1")]
    assert not kernel.exchanges.open


@pytest.mark.parametrize("answer", [ANSWER, Abort("1", "The app ended.")])
def test_unsafe_request_of_a_lost_instance_completes(answer: FromKernel) -> None:
    kernel, old = FakeKernel(), FakeWorker()
    kernel.begin(page_request("POST", body=True), old)
    (connection,) = kernel.connections
    last = RequestBody("1", b"whole", False)
    kernel.exchanges.deliver(last)
    kernel.lose(old)
    connection.post(RequestCredit("1", 5))
    connection.post(answer)
    assert connection.received == [last]


def test_unsafe_request_with_a_truncated_body_is_cancelled() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST", body=True), old)
    kernel.exchanges.deliver(RequestBody("1", b"half", True))
    resend(kernel, page_request("POST", body=True), old, new)
    assert kernel.connections[0].is_cancelled
    assert new.posted == [refusal("2")]


@pytest.mark.parametrize("started_first", [True, False])
def test_unsafe_request_with_a_streaming_response_is_cancelled(started_first: bool) -> None:
    kernel, old = FakeKernel(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    (connection,) = kernel.connections
    if started_first:
        connection.post(STARTED)
    kernel.lose(old)
    if not started_first:
        assert not connection.is_cancelled
        connection.post(STARTED)
    assert connection.received == [Cancel("1")]


def test_loss_of_another_instance_changes_nothing() -> None:
    kernel, worker, other = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(), worker)
    kernel.lose(other)
    kernel.connections[0].post(ANSWER)
    assert (kernel.connections[0].received, worker.posted) == ([], [ANSWER])
