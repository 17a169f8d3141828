"""What a busy kernel tells the service worker, and how it obeys."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.hosts.browser import busy
from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection

from .support.fake_worker import FakeKernel, FakeWorker, page_request

#: What the worker answers if nothing has happened.
NOTHING = {"interrupts": [], "gone": ""}

#: What the script returns instead: there was no answer in time, or not one of ours.
LATE, FOREIGN = "", "null"

#: What the worker does with reports.
WORKER = Path(__file__).parents[1] / "src" / "worker" / "kernel" / "busyKernels.ts"


class FakeTicks:
    """Stands in for the kernel's script; its clock is that of the tests."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.answer = json.dumps(NOTHING)
        self.ran = busy.PATIENCE
        self.now = 1_000_000.0

    def sendTicks(self, pyodide: ModuleType, number: int) -> FakeTicks:  # noqa: N802
        return self

    def hurry(self) -> None:
        """Send a signal soon."""

    def running(self) -> float:
        return self.ran

    def ask(self, url: str, report: str) -> str:
        assert url == "/asgi/-/busy"
        self.reports.append(json.loads(report))
        return self.answer

    def tick(self, *, after: float = 0) -> None:
        """Send the signal, so many milliseconds later."""
        self.now += after
        signal.raise_signal(signal.SIGVTALRM)


@pytest.fixture
def kernel() -> FakeKernel:
    return FakeKernel()


@pytest.fixture
def apps() -> list[str]:
    """The names of the apps that the kernel serves."""
    return ["shop"]


@pytest.fixture
def ticks(
    kernel: FakeKernel, apps: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeTicks]:
    fake, before = FakeTicks(), signal.getsignal(signal.SIGVTALRM)
    monkeypatch.setitem(sys.modules, "pyodide_js", ModuleType("pyodide_js"))
    monkeypatch.setattr(busy, "kernel_script", lambda: fake)
    monkeypatch.setattr(time, "time", lambda: fake.now / 1000)
    busy.listen("/asgi/-/busy", lambda: apps, kernel.exchanges)
    yield fake
    signal.signal(signal.SIGVTALRM, before)


class Job(preemption.Work):
    title = "GET /loop"


async def test_kernel_that_has_been_busy_for_a_second_reports(ticks: FakeTicks) -> None:
    ticks.ran = busy.PATIENCE - 1
    ticks.tick()
    assert ticks.reports == []
    ticks.ran = 3000
    ticks.tick()
    (report,) = ticks.reports
    line = FakeTicks.tick.__code__.co_firstlineno + 3
    assert report == {
        "apps": ["shop"],
        "since": ticks.now - 3000,
        "heard": {},
        "id": "",
        "worker": "",
        "title": "",
        "place": f"{__file__}, line {line}",
        "stuck": False,
    }


async def test_kernel_that_serves_nothing_reports_nothing(
    ticks: FakeTicks, apps: list[str]
) -> None:
    apps.clear()
    ticks.tick()
    assert ticks.reports == []


async def test_report_names_the_work_and_its_exchange(ticks: FakeTicks, kernel: FakeKernel) -> None:
    request = page_request()
    kernel.begin(request, FakeWorker())
    connection = BrowserHttpConnection(request, lambda message: None, "")
    with preemption.part_of(connection), preemption.part_of(Job()):
        ticks.tick()
    (report,) = ticks.reports
    assert (report["title"], report["id"], report["worker"]) == ("GET /loop", "1", "worker")


async def test_work_that_caught_three_exceptions_is_stuck(ticks: FakeTicks) -> None:
    job = Job()
    job.exceptions = preemption.ATTEMPTS
    with preemption.part_of(job):
        ticks.tick()
    assert ticks.reports[0]["stuck"]


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (json.dumps(NOTHING), 500),
        (LATE, 2000),
        (FOREIGN, 10_000),
    ],
)
async def test_next_question_depends_on_the_answer(
    ticks: FakeTicks, answer: str, pause: float
) -> None:
    ticks.answer = answer
    ticks.tick()
    ticks.tick(after=pause - 1)
    assert len(ticks.reports) == 1
    ticks.tick(after=1)
    assert len(ticks.reports) == 2


async def test_interrupt_is_handled_and_confirmed_with_the_next_report(ticks: FakeTicks) -> None:
    ticks.answer = json.dumps(NOTHING | {"interrupts": ["a new one"]})
    with preemption.part_of(Job()), pytest.raises(asyncio.CancelledError):
        ticks.tick()
    ticks.answer = LATE
    ticks.tick(after=busy.PERIOD)
    ticks.tick(after=busy.LATE)
    assert [report["heard"] for report in ticks.reports] == [
        {},
        {"a new one": "GET /loop"},
        {"a new one": "GET /loop"},
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_request_is_cancelled_when_its_client_is_gone(
    ticks: FakeTicks, kernel: FakeKernel, method: str
) -> None:
    assert await cancelled(ticks, kernel, method, "client")


@pytest.mark.parametrize(("method", "is_cancelled"), [("GET", True), ("POST", False)])
async def test_request_that_lost_its_worker_is_cancelled_if_it_may_run_twice(
    ticks: FakeTicks, kernel: FakeKernel, method: str, is_cancelled: bool
) -> None:
    assert await cancelled(ticks, kernel, method, "worker") is is_cancelled


async def cancelled(ticks: FakeTicks, kernel: FakeKernel, method: str, gone: str) -> bool:
    """Return whether a running request is cancelled if the worker says who is gone."""
    request = page_request(method)
    kernel.begin(request, FakeWorker())
    ticks.answer = json.dumps(NOTHING | {"gone": gone})
    with preemption.part_of(BrowserHttpConnection(request, lambda message: None, "")):
        ticks.tick()
    assert kernel.exchanges.open == {}
    return kernel.connections[0].is_cancelled


def test_worker_keeps_a_report_until_the_next() -> None:
    fresh = re.search(r"FRESH = (\d+);", WORKER.read_text("utf-8"))
    assert fresh is not None
    assert busy.LATE < int(fresh[1]) < 2 * busy.LATE
