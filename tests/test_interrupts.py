"""What an interrupt ends: what runs, else the cell, else the requests."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from types import FrameType, SimpleNamespace
from typing import cast

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.hosts.browser import interrupts

Listen = Callable[[FrameType], object]


class Job(preemption.Work):
    """Work that notes its cancellation."""

    def __init__(self, title: str, *, is_foreground: bool = False) -> None:
        super().__init__()
        self.title, self.is_foreground = title, is_foreground
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def jobs() -> Iterator[tuple[Job, Job, Job]]:
    """A cell and two requests, which can be interrupted."""
    jobs = Job("A cell", is_foreground=True), Job("GET /one"), Job("GET /two")
    for job in jobs:
        preemption.allow(job)
    yield jobs
    for job in jobs:
        preemption.forbid(job)


@pytest.fixture
def install() -> Iterator[Callable[[Listen], Callable[[], None]]]:
    """Install the handler; returns a function that sends the signal to its caller."""
    before = signal.getsignal(signal.SIGVTALRM)

    def installed(listen: Listen) -> Callable[[], None]:
        preemption.install(lambda: None, listen)
        return lambda: signal.raise_signal(signal.SIGVTALRM)

    yield installed
    signal.signal(signal.SIGVTALRM, before)


async def test_running_work_ends_and_no_other(jobs: tuple[Job, Job, Job]) -> None:
    cell, one, _ = jobs
    with preemption.part_of(one):
        assert preemption.interrupt() == ["GET /one"]
    assert one.is_due()
    assert not cell.is_due()
    assert not any(job.cancelled for job in jobs)


@pytest.mark.parametrize("raises", [True, False])
async def test_cell_that_waits_for_the_running_work_ends_with_it(
    jobs: tuple[Job, Job, Job], raises: bool
) -> None:
    cell, one, _ = jobs
    one.raises = raises
    with preemption.part_of(cell), preemption.part_of(one):
        assert preemption.interrupt() == ["GET /one"]
    assert [job.cancelled for job in jobs] == [not raises, False, False]


async def test_work_without_a_title_has_that_of_the_work_around_it(
    jobs: tuple[Job, Job, Job],
) -> None:
    with preemption.part_of(jobs[1]), preemption.part_of(preemption.Work()):
        assert preemption.interrupt() == ["GET /one"]


async def test_suspended_cell_goes_first(jobs: tuple[Job, Job, Job]) -> None:
    assert preemption.interrupt() == ["A cell"]
    assert [job.cancelled for job in jobs] == [True, False, False]


async def test_without_a_cell_all_suspended_requests_end(jobs: tuple[Job, Job, Job]) -> None:
    preemption.forbid(jobs[0])
    assert preemption.interrupt() == ["GET /one", "GET /two"]
    assert [job.cancelled for job in jobs] == [False, True, True]


async def test_without_any_work_nothing_ends() -> None:
    assert preemption.interrupt() == []


async def test_interrupt_that_arrives_twice_is_handled_once(jobs: tuple[Job, Job, Job]) -> None:
    assert interrupts.handle("one and the same") == "A cell"
    jobs[0].cancelled = False
    assert interrupts.handle("one and the same") == "A cell"
    assert not jobs[0].cancelled


async def test_old_interrupts_are_forgotten() -> None:
    for number in range(2 * interrupts.KEPT):
        interrupts.handle(f"number {number}")
    assert len(interrupts._handled) == interrupts.KEPT


# In the handler of the signal


async def test_signal_ends_the_work_that_listening_has_interrupted(
    install: Callable[[Listen], Callable[[], None]],
) -> None:
    send = install(lambda frame: preemption.interrupt())
    job = Job("GET /one")
    with preemption.part_of(job), pytest.raises(asyncio.CancelledError):
        send()
    assert job.exceptions == 1


async def test_signal_during_the_handler_does_nothing(
    install: Callable[[Listen], Callable[[], None]],
) -> None:
    heard = []

    def listen(frame: FrameType) -> None:
        heard.append(frame.f_code.co_name)
        signal.raise_signal(signal.SIGVTALRM)

    install(listen)()
    assert len(heard) == 1


async def test_code_that_recurses_deeply_meets_no_error_of_ours(
    install: Callable[[Listen], Callable[[], None]],
) -> None:
    def listen(frame: FrameType) -> None:
        raise RecursionError

    install(listen)()


@pytest.mark.parametrize(("before", "is_safe"), [(7, False), (8, True)])
def test_context_manager_that_was_entered_is_exited(
    monkeypatch: pytest.MonkeyPatch, before: int, is_safe: bool
) -> None:
    """Since Python 3.14, signals come between ``__enter__`` and the code that is covered."""
    monkeypatch.setattr("opcode.opmap", {"LOAD_SPECIAL": 7})
    code = SimpleNamespace(co_code=bytes([before, 0, 9, 0]))
    frame = SimpleNamespace(f_globals={"__name__": "__main__"}, f_code=code, f_lasti=2)
    assert preemption._is_safe(cast(FrameType, frame)) is is_safe
