"""A request with a body is sent again: the app has the body once, and no other request's."""

from __future__ import annotations

import dataclasses

import pytest

from jupyterlite_asgi import links as links_module
from jupyterlite_asgi.links import ADOPTION, OVERLAP
from jupyterlite_asgi.protocol import (
    CHUNK,
    WINDOW,
    Cancel,
    RequestBody,
    RequestCredit,
)

from .fake_worker import ANSWER, POST, Kernel, Peer, after, now, run


def test_body_of_which_nothing_had_come() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        kernel.upload("2", b"onetwo", more=False)
        (cycle,) = kernel.cycles
        assert (cycle.body, cycle.has_all, new.credit) == (b"onetwo", True, WINDOW)

    run(test)


@pytest.mark.parametrize("parts", [[b"onetwo"], [b"one", b"two"], [b"o", b"netw", b"o"]])
def test_body_of_which_a_part_had_come(parts: list[bytes]) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        assert new.credit == 3
        for part in parts:
            kernel.upload("2", part)
        await new.has(2)
        kernel.upload("2", b"", more=False)
        (cycle,) = kernel.cycles
        assert (cycle.body, cycle.has_all, new.credit) == (b"onetwo", True, WINDOW)

    run(test)


def test_body_that_had_come_whole() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"onetwo", more=False)
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        kernel.upload("2", b"onetwo", more=False)
        await new.has(2)
        (cycle,) = kernel.cycles
        cycle.post(ANSWER)
        assert new.answers == [dataclasses.replace(ANSWER, id="2")]
        assert cycle.received == [RequestBody("1", b"onetwo", False)]

    run(test)


def test_credit_is_as_much_as_the_cycle_gave_before_and_after() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        (cycle,) = kernel.cycles
        kernel.upload("1", b"one")
        cycle.post(RequestCredit("1", CHUNK))
        kernel.lose(old)
        cycle.post(RequestCredit("1", 20))
        kernel.begin(POST, new, "2")
        kernel.upload("2", b"one")
        await new.has(2)
        cycle.post(RequestCredit("1", 10))
        assert new.posted == [
            RequestCredit("2", 3),
            RequestCredit("2", WINDOW + CHUNK + 20 - 3),
            RequestCredit("2", 10),
        ]

    run(test)


def test_long_body_is_recognised_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links_module, "PREFIX", 4)

    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"012")
        kernel.upload("1", b"345")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        assert new.credit == 4
        kernel.upload("2", b"01234")
        await new.has(2)
        kernel.upload("2", b"56789", more=False)
        (cycle,) = kernel.cycles
        assert (cycle.body, new.credit) == (b"0123456789", WINDOW)

    run(test)


def test_second_death_in_the_middle_of_what_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links_module, "PREFIX", 2)

    async def test() -> None:
        kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
        kernel.begin(POST, first)
        kernel.upload("1", b"abcdef")
        kernel.lose(first)
        kernel.begin(POST, second, "2")
        kernel.upload("2", b"abc")
        await second.has(2)
        kernel.lose(second)
        kernel.begin(POST, third, "3")
        kernel.upload("3", b"abcdefgh", more=False)
        await third.has(2)
        assert [cycle.body for cycle in kernel.cycles] == [b"abcdefgh"]
        assert third.credit == WINDOW

    run(test)


@pytest.mark.parametrize("order", [("3", "4"), ("4", "3")])
def test_bodies_tell_equal_requests_apart(order: tuple[str, str]) -> None:
    bodies = {"3": b"red shoes", "4": b"blue hat"}

    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old, "1")
        kernel.begin(POST, old, "2")
        kernel.upload("1", b"red")
        kernel.upload("2", b"blue")
        kernel.lose(old)
        for identifier in order:
            kernel.begin(POST, new, identifier)
            kernel.upload(identifier, bodies[identifier], more=False)
        await new.has(4)
        red, blue = kernel.cycles
        assert (red.body, blue.body) == (b"red shoes", b"blue hat")
        assert new.credit == 2 * WINDOW

    run(test)


def test_request_whose_body_had_begun_is_preferred_to_one_that_had_none() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old, "1")
        kernel.begin(POST, old, "2")
        kernel.upload("2", b"blue")
        kernel.lose(old)
        kernel.begin(POST, new, "3")
        kernel.upload("3", b"blue hat", more=False)
        await new.has(2)
        assert [cycle.body for cycle in kernel.cycles] == [b"", b"blue hat"]

    run(test)


@pytest.mark.parametrize("body", [b"two pairs", b"tw", b""])
def test_request_with_another_body_runs_anew_and_has_it_whole(body: bytes) -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        kernel.upload("2", body, more=False)
        _, cycle = await kernel.has(2)
        assert (cycle.request.id, cycle.body, cycle.has_all) == ("2", body, True)
        assert new.credit == WINDOW
        assert kernel.cycles[0].body == b"one"

    run(test)


def test_body_is_not_looked_at_while_the_other_instance_lives() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.begin(POST, new, "2")
        await kernel.has(2)
        assert new.posted == [RequestCredit("2", WINDOW)]

    run(test)


def test_body_of_a_request_that_runs_anew_goes_on() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        kernel.upload("2", b"two pai")
        _, cycle = await kernel.has(2)
        kernel.upload("2", b"rs", more=False)
        cycle.post(RequestCredit("2", CHUNK))
        assert (cycle.body, new.credit) == (b"two pairs", WINDOW + CHUNK)

    run(test)


def test_request_is_not_given_up_while_a_body_is_compared_with_its_own() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        await after(ADOPTION / 2)
        kernel.begin(POST, new, "2")
        await new.has(1)
        await after(ADOPTION)
        kernel.upload("2", b"onetwo", more=False)
        await new.has(2)
        (cycle,) = kernel.cycles
        assert (cycle.body, cycle.has_all, cycle.cancelled.is_set()) == (b"onetwo", True, False)

    run(test)


def test_request_is_given_up_once_no_body_is_compared_with_its_own() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        await after(2 * ADOPTION)
        kernel.upload("2", b"two")
        await kernel.cycles[0].cancelled.wait()
        assert 2 * ADOPTION <= now() <= 2 * ADOPTION + OVERLAP
        assert [cycle.body for cycle in kernel.cycles] == [b"one", b"two"]

    run(test)


def test_request_that_is_compared_with_one_that_another_is_given_runs_anew() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        kernel.begin(POST, new, "3")
        await new.has(2)
        kernel.upload("2", b"onetwo")
        await new.has(3)
        kernel.upload("3", b"six")
        first, second = await kernel.has(2)
        kernel.upload("3", b" pairs", more=False)
        assert (first.body, second.body) == (b"onetwo", b"six pairs")
        assert (second.request.id, new.credit) == ("3", 2 * WINDOW)

    run(test)


def test_reader_that_leaves_while_its_body_is_looked_at() -> None:
    async def test() -> None:
        kernel, old, new = Kernel(), Peer(), Peer()
        kernel.begin(POST, old)
        kernel.upload("1", b"one")
        kernel.lose(old)
        kernel.begin(POST, new, "2")
        await new.has(1)
        kernel.upload("2", b"on")
        kernel.links.deliver(Cancel("2"))
        await kernel.cycles[0].cancelled.wait()
        assert [cycle.body for cycle in kernel.cycles] == [b"one"]

    run(test)


def test_second_death_before_the_adoption() -> None:
    async def test() -> None:
        kernel, first, second, third = Kernel(), Peer(), Peer(), Peer()
        kernel.begin(POST, first)
        kernel.upload("1", b"one")
        kernel.lose(first)
        kernel.begin(POST, second, "2")
        await second.has(1)
        kernel.lose(second)
        kernel.begin(POST, third, "3")
        kernel.upload("3", b"onetwo")
        await third.has(2)
        assert [cycle.body for cycle in kernel.cycles] == [b"onetwo"]

    run(test)
