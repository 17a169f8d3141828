"""Code that keeps Python busy past its deadline, interrupted by real signals."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.hosts import http as http_module
from jupyterlite_asgi.hosts.memory import MemoryConnection
from jupyterlite_asgi.serving.middleware.errors import answer_errors
from jupyterlite_asgi.serving.middleware.timeout import limit_time
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from .support.app_call import DISCONNECT, START, AppCall, body, http

#: Seconds that a response may take.
LIMIT = 0.05

#: Seconds that code spins if nothing interrupts it.
FOREVER = 10.0


@pytest.fixture(autouse=True)
def hurried() -> Iterator[list[float]]:
    """Send signals as the kernel's script does in a browser; the times when one was due early."""
    times = []

    def hurry() -> None:
        times.append(time.monotonic())
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0001, 0.01)

    before = signal.getsignal(signal.SIGVTALRM)
    preemption.install(hurry, lambda frame: None)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.01, 0.01)
    yield times
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def spin(seconds: float = FOREVER) -> None:
    """Keep Python busy, for so many seconds of the processor."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


async def spin_after(event: asyncio.Event) -> str:
    """Keep Python busy for longer than a response may take, but only later."""
    await event.wait()
    spin(2 * LIMIT)
    return "done"


def handler(code: Callable[[], object]) -> ASGIApp:
    """An app that runs ``code`` before it responds."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        code()
        await send(START)
        await send(body())

    return app


def call(app: ASGIApp) -> AppCall:
    return AppCall(limit_time(answer_errors(app, print), LIMIT), http())


async def check(app: ASGIApp) -> bytes:
    """Check that the app gets a 504 in time, and return its text."""
    began = time.monotonic()
    start, page = await call(app).all()
    assert start["status"] == 504
    assert time.monotonic() - began < FOREVER / 2
    return bytes(page["body"])


async def test_handler_is_ended_and_the_504_names_the_line() -> None:
    text = await check(handler(spin))
    line = spin.__code__.co_firstlineno
    assert any(
        f"while it ran {__file__}, line {line + after}:".encode() in text for after in (3, 4)
    )
    assert await call(handler(int)).all() == [START, body()]


async def test_code_in_a_copy_of_the_context_is_ended() -> None:
    await check(handler(lambda: contextvars.copy_context().run(spin)))


async def test_task_of_the_request_is_ended_together_with_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def child() -> None:
            spin()

        await asyncio.wait([asyncio.create_task(child())])
        await asyncio.Event().wait()

    await check(app)


async def test_code_that_catches_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preemption, "AGAIN", 0.05)
    caught = []

    def catch() -> None:
        try:
            spin()
        except BaseException as error:
            caught.append(type(error))

    def stubborn() -> None:
        catch()
        catch()
        spin()

    await check(handler(stubborn))
    assert caught == [asyncio.CancelledError] * 2


async def test_code_that_is_not_the_requests_continues() -> None:
    late = call(hangs)
    await asyncio.sleep(0)
    spin(2 * LIMIT)
    assert (await late.all())[0]["status"] == 504


async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def test_response_that_has_begun_continues() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(more=True))
        spin(2 * LIMIT)
        await send(body())

    assert await call(app).all() == [START, body(more=True), body()]


async def test_interrupt_ends_a_response_that_has_begun() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(more=True))
        preemption.interrupt()
        spin()

    streaming = call(app)
    with pytest.raises(asyncio.CancelledError):
        await streaming.all()
    assert streaming.rest() == [START, body(more=True)]


@pytest.mark.parametrize("responds", [True, False])
async def test_background_task_of_an_ended_request_continues(responds: bool) -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        tasks.append(asyncio.create_task(spin_after(ended)))
        await (handler(int) if responds else hangs)(scope, receive, send)

    tasks: list[asyncio.Task[str]] = []
    assert (await call(app).all())[0]["status"] == (200 if responds else 504)
    ended.set()
    assert await tasks[0] == "done"


@pytest.mark.parametrize("late", [False, True])
async def test_background_task_continues_after_its_client_has_disconnected(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_module, "NOTICE", LIMIT)
    connection = MemoryConnection(http())
    tasks: list[asyncio.Task[str]] = []
    begun, ended = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        tasks.append(asyncio.create_task(spin_after(ended)))
        begun.set()
        if not late:
            await receive()
            assert await receive() == DISCONNECT

    running = asyncio.create_task(connection.run(app))
    await begun.wait()
    if late:
        await running
    connection.disconnect()
    await running
    ended.set()
    assert await tasks[0] == "done"


async def test_interrupt_ends_one_task_that_a_request_has_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preemption, "AGAIN", 0.01)

    async def left_behind(interrupts: bool) -> str:
        await ended.wait()
        if interrupts:
            preemption.interrupt()
        spin(FOREVER if interrupts else 2 * LIMIT)
        return "done"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        tasks.extend(asyncio.create_task(left_behind(each)) for each in (True, False))
        await handler(int)(scope, receive, send)

    ended = asyncio.Event()
    tasks: list[asyncio.Task[str]] = []
    await call(app).all()
    ended.set()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert await tasks[1] == "done"


@pytest.mark.parametrize("module", ["asyncio.tasks", "logging", "jupyterlite_asgi.hosts.http"])
async def test_function_that_must_end_is_ended_after_it(module: str, hurried: list[float]) -> None:
    scope: dict[str, Any] = {"__name__": module, "spin": spin, "time": time, "ended": False}
    source = f"""
def run():
    global ended
    end = time.process_time() + {3 * LIMIT}
    while time.process_time() < end:
        pass
    ended = True
"""
    exec(source, scope)

    def code() -> None:
        scope["run"]()
        spin()

    await check(handler(code))
    assert scope["ended"]
    assert hurried


async def test_what_our_code_calls_in_the_standard_library_ends_first() -> None:
    scope: dict[str, Any] = {"__name__": "jupyterlite_asgi.hosts.http", "calls": []}
    exec("def call(function):\n    function(calls)", scope)
    library: dict[str, Any] = {"__name__": "traceback", "spin": spin, "time": time}
    source = f"""
def run(calls):
    end = time.process_time() + {3 * LIMIT}
    while time.process_time() < end:
        pass
    calls.append("done")
"""
    exec(source, library)

    def code() -> None:
        scope["call"](library["run"])
        spin()

    await check(handler(code))
    assert scope["calls"] == ["done"]


@pytest.mark.parametrize("module", ["__main__", "asyncio.events", "jupyterlite_asgi.patches.anyio"])
async def test_what_other_code_calls_in_the_standard_library_is_ended(module: str) -> None:
    scope: dict[str, Any] = {"__name__": module}
    exec("def call(function):\n    function()", scope)
    library: dict[str, Any] = {"__name__": "statistics"}
    exec("def run():\n    while True: pass", library)

    await check(handler(lambda: scope["call"](library["run"])))


# What must not be left half done


async def test_lock_is_released() -> None:
    lock = threading.Lock()

    def code() -> None:
        with lock:
            spin()

    await check(handler(code))
    assert not lock.locked()


async def test_transaction_is_rolled_back() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("create table items (id)")

    def code() -> None:
        with database:
            database.execute("insert into items values (1)")
            spin()

    await check(handler(code))
    assert database.execute("select * from items").fetchall() == []
    assert not database.in_transaction
    database.close()


async def test_generator_runs_its_finally() -> None:
    closed = []

    def parts() -> Iterator[int]:
        try:
            spin()
            yield 1
        finally:
            closed.append(True)

    await check(handler(lambda: list(parts())))
    assert closed == [True]


async def test_import_can_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "slow_to_import.py"
    module.write_text(
        f"import time\nend = time.process_time() + {FOREVER}\nwhile time.process_time() < end: pass"
    )
    monkeypatch.syspath_prepend(tmp_path)

    await check(handler(lambda: __import__("slow_to_import")))
    assert "slow_to_import" not in sys.modules
    module.write_text("value = 1")
    sys.path_importer_cache.clear()
    assert __import__("slow_to_import").value == 1


def test_signal_outside_of_a_request_does_nothing() -> None:
    spin(LIMIT)


def test_signal_without_a_frame_does_nothing() -> None:
    handle = signal.getsignal(signal.SIGVTALRM)
    assert callable(handle)
    frame: FrameType | None = None
    handle(signal.SIGVTALRM, frame)
