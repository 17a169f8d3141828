"""A worker instance dies, the next one sends the request again: it must not run twice."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from jupyterlite_asgi.links import ADOPTION, OVERLAP, Links
from jupyterlite_asgi.protocol import (
    WINDOW,
    Abort,
    Cancel,
    FromKernel,
    FromWorker,
    Request,
    RequestBody,
    Response,
    ResponseBody,
    ResponseCredit,
)

from .fake_worker import ANSWER, GET, POST, Kernel, Peer, after, be_busy, now, run

# A request that is sent again


@pytest.mark.parametrize("noticed_first", [True, False])
def test_get_is_given_the_cycle_that_runs_already(noticed_first: bool) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        if noticed_first:
            kernel.lose(old)
        kernel.begin(GET, new, "2")
        if not noticed_first:
            kernel.lose(old)
        (cycle,) = kernel.cycles
        cycle.post(ANSWER)
        await new.has(1)
        assert new.posted == [dataclasses.replace(ANSWER, id="2")]
        assert (len(kernel.cycles), old.posted) == (1, [])

    run(test)


def test_end_of_the_old_instance_is_not_waited_for_longer_than_it_takes() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.begin(POST, new, "2")
        asyncio.get_running_loop().call_later(OVERLAP / 2, kernel.lose, old)
        await new.has(1)
        assert (now(), len(kernel.cycles)) == (OVERLAP / 2, 1)

    run(test)


def test_response_that_was_made_meanwhile_is_kept() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        (cycle,) = kernel.cycles
        kernel.lose(old)
        cycle.post(Response("1", 200, b"", b"one", True))
        cycle.post(ResponseBody("1", b"two", False))
        kernel.begin(GET, new, "2")
        await new.has(2)
        assert new.posted == [
            Response("2", 200, b"", b"one", True),
            ResponseBody("2", b"two", False),
        ]

    run(test)


def test_abort_that_was_made_meanwhile_is_kept() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        kernel.cycles[0].post(Abort("1", "The app ended."))
        kernel.begin(GET, new, "2")
        await new.has(1)
        assert new.posted == [Abort("2", "The app ended.")]

    run(test)


def test_further_messages_of_the_new_instance_reach_the_old_cycle() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        kernel.begin(GET, new, "2")
        (cycle,) = kernel.cycles
        cycle.post(Response("1", 200, b"", b"one", True))
        await new.has(1)
        kernel.links.deliver(ResponseCredit("2", 3))
        kernel.links.deliver(Cancel("2"))
        assert cycle.received == [ResponseCredit("2", 3), Cancel("2")]

    run(test)


def test_worker_that_asks_learns_that_its_request_is_worked_on() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.lose(old)
        assert not kernel.links.is_open("1")
        kernel.begin(POST, new, "2")
        assert kernel.links.is_open("2")
        await new.has(1)
        assert kernel.links.is_open("2")

    run(test)


def test_each_of_two_equal_requests_is_given_a_cycle() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old, "1")
        kernel.begin(GET, old, "2")
        kernel.lose(old)
        kernel.begin(GET, new, "3")
        kernel.begin(GET, new, "4")
        for cycle in kernel.cycles:
            cycle.post(ANSWER)
        await new.has(2)
        assert sorted(message.id for message in new.posted) == ["3", "4"]
        assert len(kernel.cycles) == 2

    run(test)


def test_second_death_is_survived_too() -> None:
    async def test() -> None:
        kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
        kernel.begin(POST, first)
        kernel.lose(first)
        kernel.begin(POST, second, "2")
        await second.has(1)
        kernel.lose(second)
        kernel.begin(POST, third, "3")
        await third.has(1)
        kernel.cycles[0].post(ANSWER)
        assert third.answers == [dataclasses.replace(ANSWER, id="3")]
        assert len(kernel.cycles) == 1

    run(test)


def test_time_to_send_it_again_begins_anew_with_the_second_death() -> None:
    async def test() -> None:
        kernel, first, second = Kernel(), Peer(), Peer()
        kernel.begin(POST, first)
        kernel.lose(first)
        kernel.begin(POST, second, "2")
        await second.has(1)
        asyncio.get_running_loop().call_later(ADOPTION / 2, kernel.lose, second)
        (cycle,) = kernel.cycles
        await cycle.cancelled.wait()
        assert (now(), cycle.received) == (ADOPTION / 2 + ADOPTION, [Cancel("2")])

    run(test)


# A request that merely looks as if


def test_request_that_another_one_was_preferred_to_runs_anew() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        kernel.begin(GET, new, "2")
        kernel.begin(GET, new, "3")
        await kernel.has(2)
        for cycle in kernel.cycles:
            cycle.post(ANSWER)
        assert sorted(message.id for message in new.posted) == ["2", "3"]

    run(test)


def test_post_whose_length_was_known_once_only_is_the_same() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(dataclasses.replace(POST, headers=b"a\n1\ncontent-length\n2"), old)
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        assert len(kernel.cycles) == 1

    run(test)


@pytest.mark.parametrize(
    "other",
    [
        {"client": "another page"},
        {"method": "HEAD"},
        {"url": "https://example.org/asgi/app/?q"},
        {"headers": b"a\n2"},
        {"body": True},
    ],
    ids=str,
)
def test_other_request_runs_at_once(other: dict[str, Any]) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        kernel.begin(dataclasses.replace(GET, **other), new, "2")
        assert len(kernel.cycles) == 2

    run(test)


def test_request_of_an_unknown_page_runs_at_once() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        unknown = dataclasses.replace(GET, client="")
        kernel.begin(unknown, old)
        kernel.lose(old)
        kernel.begin(unknown, new, "2")
        assert len(kernel.cycles) == 2

    run(test)


def test_equal_requests_of_one_instance_run_side_by_side() -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(GET, peer, "1")
        kernel.begin(GET, peer, "2")
        assert len(kernel.cycles) == 2

    run(test)


def test_request_runs_anew_while_the_other_instance_lives() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old, "1")
        kernel.begin(GET, new, "2")
        first, second = await kernel.has(2)
        assert now() == OVERLAP
        first.post(ANSWER)
        second.post(dataclasses.replace(ANSWER, id="2"))
        assert [message.id for message in old.posted + new.posted] == ["1", "2"]

    run(test)


def test_request_that_the_app_refuses_is_not_open() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.links.begin(
            dataclasses.replace(POST, id="2"), new, lambda request, post: refused.set()
        )
        kernel.upload("2", b"two", more=False)
        await refused.wait()
        assert not kernel.links.busy

    refused = asyncio.Event()
    run(test)


# Nobody sends it again


def test_request_that_nobody_sends_again_is_cancelled() -> None:
    async def test() -> None:
        kernel, old = Kernel(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        (cycle,) = kernel.cycles
        assert not cycle.cancelled.is_set()
        await cycle.cancelled.wait()
        assert (now(), cycle.received) == (ADOPTION, [Cancel("1")])

    run(test)


def test_request_that_is_sent_again_too_late_runs_anew() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        await kernel.cycles[0].cancelled.wait()
        kernel.begin(GET, new, "2")
        assert len(kernel.cycles) == 2

    run(test)


def test_adopted_request_is_not_cancelled_when_the_time_is_over() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        await after(2 * ADOPTION)
        kernel.cycles[0].post(ANSWER)
        assert new.answers == [dataclasses.replace(ANSWER, id="2")]
        assert kernel.cycles[0].received == []

    run(test)


@pytest.mark.parametrize("noticed_first", [True, False])
def test_reader_that_leaves_before_the_adoption(noticed_first: bool) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        if noticed_first:
            kernel.lose(old)
        kernel.begin(GET, new, "2")
        kernel.links.deliver(Cancel("2"))
        if not noticed_first:
            kernel.lose(old)
        (cycle,) = kernel.cycles
        assert not kernel.links.busy
        await cycle.cancelled.wait()
        assert (len(kernel.cycles), new.posted) == (1, [])

    run(test)


# A kernel that is busy


def test_time_in_which_the_kernel_was_busy_does_not_count() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.lose(old)
        be_busy(10 * ADOPTION)
        asyncio.get_running_loop().call_later(OVERLAP / 2, kernel.begin, POST, new, "2")
        await new.has(1)
        kernel.cycles[0].post(ANSWER)
        assert new.answers == [dataclasses.replace(ANSWER, id="2")]
        assert len(kernel.cycles) == 1

    run(test)


def test_kernel_that_was_busy_waits_a_moment_longer_only() -> None:
    async def test() -> None:
        kernel, old = Kernel(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        be_busy(10 * ADOPTION)
        await kernel.cycles[0].cancelled.wait()
        assert now() == 10 * ADOPTION + OVERLAP

    run(test)


# An ordinary exchange


def test_messages_go_to_and_fro() -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(POST, peer)
        (cycle,) = kernel.cycles
        kernel.upload("1", b"one", more=False)
        cycle.post(Response("1", 200, b"", b"two", True))
        kernel.links.deliver(ResponseCredit("1", 3))
        cycle.post(ResponseBody("1", b"", False))
        assert cycle.received == [RequestBody("1", b"one", False), ResponseCredit("1", 3)]
        assert peer.credit == WINDOW
        assert peer.answers == [
            Response("1", 200, b"", b"two", True),
            ResponseBody("1", b"", False),
        ]

    run(test)


def test_exchange_is_closed_by_its_reader() -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(GET, peer)
        kernel.links.deliver(Cancel("1"))
        kernel.lose(peer)
        assert not kernel.links.busy
        assert kernel.cycles[0].received == [Cancel("1")]

    run(test)


def test_app_may_answer_at_once() -> None:
    async def test() -> None:
        links, peer = Links(), Peer()

        def on_request(
            request: Request, post: Callable[[FromKernel], None]
        ) -> Callable[[FromWorker], None]:
            post(ANSWER)
            return lambda message: pytest.fail("it is over")

        links.begin(GET, peer, on_request)
        await after(2 * OVERLAP)
        links.deliver(Cancel("1"))
        assert (peer.posted, links.busy) == ([ANSWER], False)

    run(test)


def test_end_of_another_instance_is_no_matter() -> None:
    async def test() -> None:
        kernel, peer, other = Kernel(), Peer(), Peer()
        kernel.begin(GET, peer)
        kernel.lose(other)
        kernel.cycles[0].post(ANSWER)
        assert peer.posted == [ANSWER]

    run(test)
