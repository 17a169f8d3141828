from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from jupyterlite_asgi.errors import LifespanFailed
from jupyterlite_asgi.serving.lifespan import Lifespan
from jupyterlite_asgi.types import Message, Receive, Scope, Send

STARTED = {"type": "lifespan.startup.complete"}
STOPPED = {"type": "lifespan.shutdown.complete"}


async def succeeds(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(STARTED)
    await receive()
    await send(STOPPED)


async def test_startup_and_shutdown() -> None:
    received: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append((scope["type"], scope["asgi"]["spec_version"]))
        received.append(await receive())
        await send(STARTED)
        received.append(await receive())
        await send(STOPPED)

    lifespan = Lifespan(app)
    await lifespan.startup()
    assert received == [("lifespan", "2.0"), {"type": "lifespan.startup"}]
    await lifespan.shutdown()
    assert received[2:] == [{"type": "lifespan.shutdown"}]


async def test_state_is_kept() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["database"] = "open"
        await succeeds(scope, receive, send)

    lifespan = Lifespan(app)
    await lifespan.startup()
    assert lifespan.state == {"database": "open"}
    await lifespan.shutdown()


async def test_app_that_raises_has_no_lifespan() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", "only HTTP is supported"

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()


async def test_quick_startup_leaves_no_long_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    delays: list[float] = []
    call_later = loop.call_later

    def record(delay: float, *rest: Any) -> asyncio.TimerHandle:
        delays.append(delay)
        return call_later(delay, *rest)

    monkeypatch.setattr(loop, "call_later", record)
    lifespan = Lifespan(succeeds, 300)
    await lifespan.startup()
    assert max(delays) <= 1
    await lifespan.shutdown()


async def test_app_that_returns_at_once_has_no_lifespan() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()


@pytest.mark.parametrize(
    ("message", "sentence"), [({"message": "no database"}, "no database"), ({}, "lifespan.startup")]
)
async def test_startup_failed(message: Message, sentence: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", **message})

    with pytest.raises(LifespanFailed, match=sentence) as caught:
        await Lifespan(app).startup()
    assert caught.value.__cause__ is None


async def test_exception_after_startup_failed_is_its_cause() -> None:
    error = ValueError("no database")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "Traceback…"})
        raise error

    with pytest.raises(LifespanFailed) as caught:
        await Lifespan(app).startup()
    assert caught.value.__cause__ is error


async def test_exception_shortly_after_startup_failed_is_its_cause() -> None:
    error = ValueError("no database")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        cleaned = asyncio.Event()
        await receive()
        await send({"type": "lifespan.startup.failed"})
        asyncio.get_running_loop().call_soon(cleaned.set)
        await cleaned.wait()
        raise error

    with pytest.raises(LifespanFailed) as caught:
        await Lifespan(app).startup()
    assert caught.value.__cause__ is error


async def test_startup_failure_of_starlette() -> None:
    class Broken:
        async def __aenter__(self) -> None:
            raise ValueError("no database")

        async def __aexit__(self, *error: object) -> None:
            raise AssertionError

    app = Starlette(lifespan=lambda app: Broken())
    with pytest.raises(LifespanFailed) as caught:
        await Lifespan(app).startup()
    assert repr(caught.value.__cause__) == "ValueError('no database')"


async def test_app_that_keeps_running_after_startup_failed_is_not_awaited() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})
        await receive()

    with pytest.raises(LifespanFailed):
        await Lifespan(app).startup()


async def test_system_exit_at_startup_does_not_end_the_loop() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise SystemExit(1)

    await Lifespan(app).startup()


@pytest.mark.parametrize(
    ("started", "kind", "expected"),
    [
        (False, "lifespan.shutdown.complete", "lifespan.startup"),
        (False, "http.response.start", "lifespan.startup"),
        (True, "lifespan.startup.complete", "lifespan.shutdown"),
    ],
)
async def test_message_out_of_order_raises(started: bool, kind: str, expected: str) -> None:
    errors: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if started:
            await send(STARTED)
        try:
            await send({"type": kind})
        except RuntimeError as error:
            errors.append(str(error))

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()
    assert errors == [
        f"Expected ASGI message '{expected}.complete' or '{expected}.failed', but got {kind!r}."
    ]


async def test_app_that_does_not_return_after_shutdown_is_cancelled() -> None:
    ends: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await succeeds(scope, receive, send)
            await receive()
        finally:
            ends.append("cancelled")

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()
    assert ends == ["cancelled"]


async def test_app_may_return_at_shutdown_without_a_message() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        await receive()

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()


async def test_app_may_return_after_startup() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()


async def test_shutdown_failed() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        await receive()
        await send({"type": "lifespan.shutdown.failed", "message": "disk is full"})

    lifespan = Lifespan(app)
    await lifespan.startup()
    with pytest.raises(LifespanFailed, match="disk is full"):
        await lifespan.shutdown()


async def test_exception_at_shutdown() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        await receive()
        raise ValueError("disk is full")

    lifespan = Lifespan(app)
    await lifespan.startup()
    with pytest.raises(ValueError, match="disk is full"):
        await lifespan.shutdown()


async def test_shutdown_without_a_startup_does_nothing() -> None:
    await Lifespan(succeeds).shutdown()


async def test_second_shutdown_does_nothing() -> None:
    lifespan = Lifespan(succeeds)
    await lifespan.startup()
    await lifespan.shutdown()
    await lifespan.shutdown()


async def test_failure_after_the_startup_is_raised_once_at_the_shutdown() -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        ended.set()
        raise ValueError("no data to poll")

    lifespan = Lifespan(app)
    await lifespan.startup()
    await ended.wait()
    with pytest.raises(ValueError, match="no data to poll"):
        await lifespan.shutdown()
    await lifespan.shutdown()
