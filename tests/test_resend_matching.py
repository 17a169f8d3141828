"""Which requests count as a resend; the others run."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from jupyterlite_asgi.hosts.browser.protocol import Cancel, FromWorker, ResponseCredit
from jupyterlite_asgi.hosts.browser.resend import OVERLAP, RESEND

from .support.fake_worker import STARTED, FakeKernel, FakeWorker, page_request, refusal, resend
from .support.virtual_time import after, now


def test_each_original_matches_one_resend() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    resend(kernel, page_request("POST"), old, new)
    kernel.begin(page_request("POST"), new, "3")
    assert [connection.request.id for connection in kernel.connections] == ["1", "3"]


def test_equal_originals_match_one_resend_each() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old, "1")
    kernel.begin(page_request("POST"), old, "2")
    kernel.lose(old)
    kernel.begin(page_request("POST"), new, "3")
    kernel.begin(page_request("POST"), new, "4")
    assert new.posted == [refusal("3"), refusal("4")]


@pytest.mark.parametrize(
    "other",
    [
        {"client": "another page"},
        {"client": ""},
        {"method": "PUT"},
        {"url": "https://example.org/asgi/app/?q"},
        {"headers": b"a\n2"},
    ],
    ids=str,
)
def test_other_request_runs(other: dict[str, Any]) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    resend(kernel, dataclasses.replace(page_request("POST"), **other), old, new)
    assert len(kernel.connections) == 2


def test_requests_of_unknown_clients_are_not_equal() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    unknown = dataclasses.replace(page_request("POST"), client="")
    kernel.begin(unknown, old)
    resend(kernel, unknown, old, new)
    assert len(kernel.connections) == 2


def test_content_length_is_ignored() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(dataclasses.replace(page_request("POST"), headers=b"Content-Length\n2\na\n1"), old)
    resend(kernel, page_request("POST"), old, new)
    assert new.posted == [refusal("2")]


def test_equal_requests_of_one_instance_both_run() -> None:
    kernel, worker = FakeKernel(), FakeWorker()
    kernel.begin(page_request("POST"), worker, "1")
    kernel.begin(page_request("POST"), worker, "2")
    assert len(kernel.connections) == 2


@pytest.mark.virtual_time
async def test_equal_request_runs_while_the_other_instance_is_alive() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    kernel.begin(page_request("POST"), new, "2")
    await after(OVERLAP)
    first, second = kernel.connections
    assert (first.received, second.received, now()) == ([], [], OVERLAP)


def test_request_sent_long_after_the_response_runs() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    kernel.connections[0].post(STARTED)
    resend(kernel, page_request("POST", age=-1.1 * RESEND), old, new)
    assert len(kernel.connections) == 2


def test_safe_request_sent_long_after_a_loss_has_its_own_expiry() -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request(age=10), old)
    again = page_request(age=-1.1 * RESEND)
    resend(kernel, again, old, new)
    assert kernel.connections[1].request.sent == again.sent


@pytest.mark.parametrize("message", [ResponseCredit("1", 3), Cancel("1")])
def test_equal_request_runs_once_the_response_was_confirmed(message: FromWorker) -> None:
    kernel, old, new = FakeKernel(), FakeWorker(), FakeWorker()
    kernel.begin(page_request("POST"), old)
    kernel.connections[0].post(STARTED)
    kernel.exchanges.deliver(message)
    resend(kernel, page_request("POST"), old, new)
    assert len(kernel.connections) == 2
