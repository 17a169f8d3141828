"""What is posted to a worker instance may reach nobody: it is kept until it is clearly read."""

from __future__ import annotations

import dataclasses

import pytest

from jupyterlite_asgi.links import ADOPTION, OVERLAP
from jupyterlite_asgi.protocol import (
    Abort,
    Cancel,
    FromKernel,
    Response,
    ResponseBody,
    ResponseCredit,
)

from .fake_worker import ANSWER, GET, Kernel, Peer, after, be_busy, now, run

BEGUN = Response("1", 200, b"", b"one", True)
END = ResponseBody("1", b"two", False)
ABORT = Abort("1", "The app ended.")
ANSWERS: dict[str, list[FromKernel]] = {
    "whole": [ANSWER],
    "begun": [BEGUN],
    "ended": [BEGUN, END],
    "broken off": [BEGUN, ABORT],
    "aborted": [ABORT],
}


def of(identifier: str, messages: list[FromKernel]) -> list[FromKernel]:
    return [dataclasses.replace(message, id=identifier) for message in messages]


# The instance is gone


@pytest.mark.parametrize("sent_again", ["before that is noticed", "at once", "later"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_answer_of_a_handler_that_blocked_the_kernel_is_adopted_whole(
    answer: list[FromKernel], sent_again: str
) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        be_busy(10 * ADOPTION)
        (cycle,) = kernel.cycles
        for message in answer:
            cycle.post(message)
        await after(OVERLAP / 2)
        if sent_again == "before that is noticed":
            kernel.begin(GET, new, "2")
            kernel.lose(old)
        else:
            kernel.lose(old)
            await after(ADOPTION / 2 if sent_again == "later" else 0)
            kernel.begin(GET, new, "2")
        await new.has(len(answer))
        assert (new.posted, old.posted) == (of("2", answer), answer)
        assert (len(kernel.cycles), cycle.received) == (1, [])

    run(test)


def test_answer_goes_on_after_its_adoption() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        kernel.lose(old)
        kernel.begin(GET, new, "2")
        await new.has(1)
        kernel.links.deliver(ResponseCredit("2", 3))
        cycle.post(END)
        assert new.posted == of("2", [BEGUN, END])
        assert cycle.received == [ResponseCredit("2", 3)]
        assert not kernel.links.busy

    run(test)


@pytest.mark.parametrize("seconds", [0, OVERLAP / 2])
def test_second_death_right_after_the_adoption_is_survived(seconds: float) -> None:
    async def test() -> None:
        kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
        kernel.begin(GET, first)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        cycle.post(END)
        await after(seconds)
        kernel.lose(first)
        kernel.begin(GET, second, "2")
        await second.has(2)
        await after(0.9 * OVERLAP)
        kernel.lose(second)
        kernel.begin(GET, third, "3")
        await third.has(2)
        assert third.posted == of("3", [BEGUN, END])
        assert (len(kernel.cycles), cycle.received) == (1, [])

    run(test)


def test_answer_that_has_just_begun_is_not_cancelled_at_once() -> None:
    async def test() -> None:
        kernel, old = Kernel(), Peer()
        kernel.begin(GET, old)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        kernel.lose(old)
        assert cycle.received == []
        await cycle.cancelled.wait()
        assert (now(), cycle.received) == (ADOPTION, [Cancel("1")])

    run(test)


# Somebody was there to read it


def test_answer_that_was_posted_long_before_is_cancelled_at_once() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        await after(1.1 * OVERLAP)
        kernel.lose(old)
        assert cycle.received == [Cancel("1")]
        kernel.begin(GET, new, "2")
        assert len(kernel.cycles) == 2

    run(test)


def test_answer_that_was_posted_long_after_the_adoption_is_cancelled_at_once() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        kernel.begin(GET, new, "2")
        await after(1.1 * OVERLAP)
        kernel.lose(new)
        assert cycle.received == [Cancel("2")]

    run(test)


def test_credit_ends_the_doubt_about_an_answer_that_has_begun() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        kernel.links.deliver(ResponseCredit("1", 3))
        kernel.lose(old)
        assert cycle.received == [ResponseCredit("1", 3), Cancel("1")]
        kernel.begin(GET, new, "2")
        assert (now(), len(kernel.cycles)) == (0, 2)

    run(test)


def test_credit_ends_the_doubt_about_an_answer_that_is_whole() -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(GET, peer)
        kernel.cycles[0].post(ANSWER)
        before = kernel.links.busy
        kernel.links.deliver(ResponseCredit("1", 5))
        assert (before, kernel.links.busy) == (True, False)

    run(test)


@pytest.mark.parametrize("waits", [True, False])
def test_answer_whose_beginning_was_read_ends_without_a_doubt(waits: bool) -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(GET, peer)
        (cycle,) = kernel.cycles
        cycle.post(BEGUN)
        if waits:
            await after(1.1 * OVERLAP)
        else:
            kernel.links.deliver(ResponseCredit("1", 3))
        cycle.post(END)
        assert not kernel.links.busy

    run(test)


@pytest.mark.parametrize("last", [ANSWER, ResponseBody("1", b"", False), ABORT])
def test_exchange_is_closed_when_the_end_of_its_answer_is_read(last: FromKernel) -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        kernel.begin(GET, peer)
        (cycle,) = kernel.cycles
        cycle.post(last)
        await after(0.9 * OVERLAP)
        before = kernel.links.busy
        await after(0.2 * OVERLAP)
        assert (before, kernel.links.busy) == (True, False)
        kernel.links.deliver(Cancel("1"))
        kernel.lose(peer)
        assert cycle.received == []

    run(test)


def test_adopted_exchange_is_closed_when_the_end_of_its_answer_is_read() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.lose(old)
        kernel.cycles[0].post(ANSWER)
        kernel.begin(GET, new, "2")
        await after(1.1 * OVERLAP)
        assert new.posted == of("2", [ANSWER])
        assert not kernel.links.busy

    run(test)


def test_each_of_several_answers_has_its_own_time() -> None:
    async def test() -> None:
        kernel, peer = Kernel(), Peer()
        for identifier in ("1", "2", "3"):
            kernel.begin(GET, peer, identifier)
        for cycle, seconds in zip(kernel.cycles, (0, 0.2, 0.2), strict=True):
            await after(seconds * OVERLAP)
            cycle.post(ANSWER)
        for open_before, seconds in ((3, 0.5), (3, 0.2), (2, 0.2), (1, 0.2), (0, 0)):
            assert sum(map(kernel.links.is_open, "123")) == open_before
            await after(seconds * OVERLAP)

    run(test)


# An equal request of another instance


def test_equal_request_waits_a_moment_when_the_answer_to_the_other_has_just_begun() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.cycles[0].post(BEGUN)
        kernel.begin(GET, new, "2")
        assert len(kernel.cycles) == 1
        await kernel.has(2)
        assert (now(), new.posted) == (OVERLAP, [])

    run(test)


@pytest.mark.parametrize("message", [BEGUN, ANSWER])
def test_equal_request_runs_at_once_when_the_answer_to_the_other_is_read(
    message: FromKernel,
) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(GET, old)
        kernel.cycles[0].post(message)
        await after(1.1 * OVERLAP)
        kernel.begin(GET, new, "2")
        assert len(kernel.cycles) == 2

    run(test)
