"""A worker instance dies, the next one resends the request: nothing unsafe runs twice."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
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
)
from jupyterlite_asgi.hosts.browser.reconnect import OVERLAP, REFUSAL, RESEND, Exchanges

from .fake_worker import Kernel, Peer, after, now, request, run

ANSWER = Response("1", 200, b"", b"hello", False)
BEGUN = Response("1", 200, b"", b"one", True)
SAFE = ("GET", "HEAD")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def refusal(identifier: str) -> Abort:
    return Abort(identifier, REFUSAL, 503)


def resend(kernel: Kernel, again: Request, old: Peer, new: Peer) -> None:
    """The death of ``old`` is noticed, then ``new`` resends."""
    kernel.lose(old)
    kernel.begin(again, new, "2")


# A resend


@pytest.mark.parametrize("method", SAFE)
def test_safe_request_runs_anew(method: str) -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request(method, age=10), old)
    resend(kernel, request(method), old, new)
    first, second = kernel.cycles
    assert (first.is_cancelled, second.is_cancelled) == (True, False)
    assert second.request.sent == first.request.sent
    second.post(dataclasses.replace(ANSWER, id="2"))
    assert new.posted == [dataclasses.replace(ANSWER, id="2")]


@pytest.mark.parametrize("method", UNSAFE)
def test_unsafe_request_is_refused_and_its_cycle_completes(method: str) -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request(method), old)
    resend(kernel, request(method), old, new)
    (cycle,) = kernel.cycles
    assert new.posted == [refusal("2")]
    cycle.post(ANSWER)
    assert (cycle.received, kernel.exchanges.open) == ([], {})
    assert len(new.posted) == 1


def test_refusal_says_what_to_do() -> None:
    assert "may already have arrived" in REFUSAL
    assert REFUSAL.endswith(": check what the app has done before you send it once more.")


@pytest.mark.parametrize(("method", "cycles"), [("GET", 2), ("POST", 1)])
def test_death_may_be_noticed_after_the_resend(method: str, cycles: int) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(request(method, age=10), old)
        kernel.begin(request(method), new, "2")
        assert (len(kernel.cycles), "2" in kernel.exchanges.open) == (1, True)
        kernel.lose(old)
        await after(OVERLAP)
        assert len(kernel.cycles) == cycles
        assert kernel.cycles[-1].request.sent == kernel.cycles[0].request.sent

    run(test)


@pytest.mark.parametrize("answer", [ANSWER, BEGUN, Abort("1", "The app ended.")])
def test_answer_may_have_reached_nobody(answer: FromKernel) -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old)
    kernel.cycles[0].post(answer)
    resend(kernel, request("POST", age=-0.9 * RESEND), old, new)
    assert new.posted == [refusal("2")]
    assert len(kernel.cycles) == 1


def test_each_original_has_one_resend() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old)
    resend(kernel, request("POST"), old, new)
    kernel.begin(request("POST"), new, "3")
    assert [cycle.request.id for cycle in kernel.cycles] == ["1", "3"]


def test_equal_originals_have_a_resend_each() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old, "1")
    kernel.begin(request("POST"), old, "2")
    kernel.lose(old)
    kernel.begin(request("POST"), new, "3")
    kernel.begin(request("POST"), new, "4")
    assert new.posted == [refusal("3"), refusal("4")]


@pytest.mark.parametrize(("method", "cycles"), [("GET", 3), ("POST", 1)])
def test_second_death_is_survived(method: str, cycles: int) -> None:
    kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
    kernel.begin(request(method, age=10), first)
    resend(kernel, request(method), first, second)
    kernel.lose(second)
    kernel.begin(request(method), third, "3")
    assert len(kernel.cycles) == cycles
    assert kernel.cycles[-1].request.sent == kernel.cycles[0].request.sent
    assert third.posted == ([] if method == "GET" else [refusal("3")])


def test_second_death_before_the_first_is_noticed() -> None:
    async def test() -> None:
        kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
        kernel.begin(request("POST"), first)
        kernel.begin(request("POST"), second, "2")
        kernel.lose(second)
        resend(kernel, request("POST"), first, third)
        await after(2 * OVERLAP)
        assert (len(kernel.cycles), second.posted, third.posted) == (1, [], [refusal("2")])

    run(test)


def test_resend_of_which_the_time_is_over_is_refused() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request(), old)
    kernel.refuses = True
    resend(kernel, request(), old, new)
    assert (new.posted, kernel.exchanges.open) == ([refusal("2")], {})


def test_reader_that_leaves_before_the_death_is_noticed() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(request(), old)
        kernel.begin(request(), new, "2")
        kernel.exchanges.deliver(Cancel("2"))
        kernel.lose(old)
        await after(OVERLAP)
        assert (len(kernel.cycles), new.posted, kernel.exchanges.open) == (1, [], {})

    run(test)


# A request that merely looks like one


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
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old)
    resend(kernel, dataclasses.replace(request("POST"), **other), old, new)
    assert len(kernel.cycles) == 2


def test_requests_of_unknown_clients_are_not_equal() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    unknown = dataclasses.replace(request("POST"), client="")
    kernel.begin(unknown, old)
    resend(kernel, unknown, old, new)
    assert len(kernel.cycles) == 2


def test_length_of_a_body_makes_no_difference() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(dataclasses.replace(request("POST"), headers=b"Content-Length\n2\na\n1"), old)
    resend(kernel, request("POST"), old, new)
    assert new.posted == [refusal("2")]


def test_equal_requests_of_one_instance_run_side_by_side() -> None:
    kernel, peer = Kernel(), Peer()
    kernel.begin(request("POST"), peer, "1")
    kernel.begin(request("POST"), peer, "2")
    assert len(kernel.cycles) == 2


def test_equal_request_runs_while_the_other_instance_lives() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(request("POST"), old)
        kernel.begin(request("POST"), new, "2")
        await after(OVERLAP)
        first, second = kernel.cycles
        assert (first.received, second.received, now()) == ([], [], OVERLAP)

    run(test)


def test_request_that_is_sent_long_after_the_answer_runs() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old)
    kernel.cycles[0].post(BEGUN)
    resend(kernel, request("POST", age=-1.1 * RESEND), old, new)
    assert len(kernel.cycles) == 2


def test_safe_request_that_is_sent_long_after_a_death_has_its_own_time() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request(age=10), old)
    again = request(age=-1.1 * RESEND)
    resend(kernel, again, old, new)
    assert kernel.cycles[1].request.sent == again.sent


@pytest.mark.parametrize("message", [ResponseCredit("1", 3), Cancel("1")])
def test_equal_request_runs_once_the_reader_has_spoken(message: FromWorker) -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST"), old)
    kernel.cycles[0].post(BEGUN)
    kernel.exchanges.deliver(message)
    resend(kernel, request("POST"), old, new)
    assert len(kernel.cycles) == 2


# The reader of a cycle is gone with its instance


@pytest.mark.parametrize("method", SAFE)
def test_safe_cycle_is_cancelled(method: str) -> None:
    kernel, old = Kernel(), Peer()
    kernel.begin(request(method), old)
    kernel.lose(old)
    assert kernel.cycles[0].received == [Cancel("1")]
    assert not kernel.exchanges.open


@pytest.mark.parametrize("answer", [ANSWER, Abort("1", "The app ended.")])
def test_unsafe_cycle_completes(answer: FromKernel) -> None:
    kernel, old = Kernel(), Peer()
    kernel.begin(request("POST", body=True), old)
    (cycle,) = kernel.cycles
    last = RequestBody("1", b"whole", False)
    kernel.exchanges.deliver(last)
    kernel.lose(old)
    cycle.post(RequestCredit("1", 5))
    cycle.post(answer)
    assert cycle.received == [last]


def test_unsafe_cycle_whose_body_cannot_become_whole_is_cancelled() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.begin(request("POST", body=True), old)
    kernel.exchanges.deliver(RequestBody("1", b"half", True))
    resend(kernel, request("POST", body=True), old, new)
    assert kernel.cycles[0].is_cancelled
    assert new.posted == [refusal("2")]


@pytest.mark.parametrize("begun_first", [True, False])
def test_unsafe_cycle_is_cancelled_where_its_answer_goes_on(begun_first: bool) -> None:
    kernel, old = Kernel(), Peer()
    kernel.begin(request("POST"), old)
    (cycle,) = kernel.cycles
    if begun_first:
        cycle.post(BEGUN)
    kernel.lose(old)
    if not begun_first:
        assert not cycle.is_cancelled
        cycle.post(BEGUN)
    assert cycle.received == [Cancel("1")]


def test_end_of_another_instance_is_no_matter() -> None:
    kernel, peer, other = Kernel(), Peer(), Peer()
    kernel.begin(request(), peer)
    kernel.lose(other)
    kernel.cycles[0].post(ANSWER)
    assert (kernel.cycles[0].received, peer.posted) == ([], [ANSWER])


# An ordinary exchange


def test_messages_go_to_and_fro() -> None:
    kernel, peer = Kernel(), Peer()
    kernel.begin(request("POST", body=True), peer)
    (cycle,) = kernel.cycles
    received: list[FromWorker] = [RequestBody("1", b"one", False), ResponseCredit("1", 3)]
    posted: list[FromKernel] = [RequestCredit("1", 9), BEGUN, ResponseBody("1", b"", False)]
    for sent in received:
        kernel.exchanges.deliver(sent)
    for message in posted:
        assert "1" in kernel.exchanges.open
        cycle.post(message)
    assert (cycle.received, peer.posted, kernel.exchanges.open) == (received, posted, {})


def test_reader_that_leaves_ends_the_exchange() -> None:
    kernel, peer = Kernel(), Peer()
    kernel.begin(request(), peer)
    kernel.exchanges.deliver(Cancel("1"))
    kernel.exchanges.deliver(ResponseCredit("1", 3))
    kernel.lose(peer)
    assert (kernel.cycles[0].received, kernel.exchanges.open) == ([Cancel("1")], {})


def test_app_may_answer_at_once() -> None:
    exchanges, peer = Exchanges(), Peer()

    def on_request(
        request: Request, post: Callable[[FromKernel], None]
    ) -> Callable[[FromWorker], None]:
        post(ANSWER)
        return lambda message: pytest.fail("it is over")

    exchanges.begin(request("POST"), peer, on_request)
    exchanges.lost(peer)
    assert (peer.posted, exchanges.open) == ([ANSWER], {})


def test_cycle_that_has_answered_is_not_kept() -> None:
    kernel, peer = Kernel(), Peer()
    kernel.begin(request(), peer)
    cycle = weakref.ref(kernel.cycles[0])
    kernel.cycles.pop().post(ANSWER)
    assert cycle() is None


def test_request_that_was_read_too_late_is_not_open() -> None:
    kernel, old, new = Kernel(), Peer(), Peer()
    kernel.refuses = True
    kernel.begin(request("POST"), old)
    assert (old.posted, kernel.exchanges.open) == ([], {})
    kernel.refuses = False
    resend(kernel, request("POST"), old, new)
    assert len(kernel.cycles) == 1
