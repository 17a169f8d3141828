from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.errors import ClientDisconnected
from jupyterlite_asgi.serving.middleware.timeout import Deadlines, limit_time
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from ..support.app_call import LIFESPAN, START, AppCall, body, http, passes_through, websocket
from ..support.virtual_time import after, now

SECONDS = 5

ACCEPT = {"type": "websocket.accept"}


async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


def call(app: ASGIApp, scope: Scope) -> AppCall:
    return AppCall(limit_time(app, SECONDS), scope)


@pytest.mark.virtual_time
async def test_http_is_answered_with_504() -> None:
    start, page = await call(hangs, http()).all()
    assert (start["status"], now()) == (504, SECONDS)
    assert b"while it waited at" in page["body"]


@pytest.mark.virtual_time
async def test_504_names_no_line_of_ours() -> None:
    def app(scope: Scope, receive: Receive, send: Send) -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()

    _, page = await call(app, http()).all()
    assert b"/asgi/app/ timed out: make the app respond faster, or allow" in page["body"]


@pytest.mark.virtual_time
async def test_websocket_is_closed() -> None:
    assert await call(hangs, websocket()).all() == [{"type": "websocket.close", "code": 1013}]
    assert now() == SECONDS


@pytest.mark.virtual_time
@pytest.mark.parametrize(("scope", "first"), [(http(), START), (websocket(), ACCEPT)])
async def test_started_response_has_no_limit(scope: Scope, first: dict[str, object]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(first)
        await after(SECONDS + 1)
        await send(body())

    assert await call(app, scope).all() == [first, body()]


@pytest.mark.virtual_time
async def test_app_that_delays_its_cancellation_gets_504_and_cannot_send() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await after(SECONDS)
        with pytest.raises(ClientDisconnected):
            await send(START)

    late = call(app, http())
    assert (await late.next())["status"] == 504
    assert now() == SECONDS
    assert [message["type"] for message in await late.all()] == ["http.response.body"]


@pytest.mark.virtual_time
async def test_exception_during_cancellation_does_not_replace_the_504() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError

    start, _ = await call(app, http()).all()
    assert start["status"] == 504


@pytest.mark.virtual_time
async def test_client_may_have_disconnected_by_the_deadline() -> None:
    async def send(message: object) -> None:
        raise ClientDisconnected

    async def receive() -> dict[str, object]:
        return {}

    await limit_time(hangs, SECONDS)(http(), receive, send)
    assert now() == SECONDS


@pytest.mark.virtual_time
async def test_cancellation_from_outside_is_passed_on() -> None:
    late = call(hangs, http())
    await after(1)
    late.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late.all()
    assert late.rest() == []


# Interrupts


@pytest.mark.virtual_time
async def test_interrupted_request_is_answered_with_503() -> None:
    late = call(hangs, http("/buy"))
    await after(1)
    assert preemption.interrupt() == ["GET /buy"]
    start, page = await late.all()
    assert (start["status"], now()) == (503, 1)
    assert b"The request was interrupted" in page["body"]
    assert b"/asgi/app/buy was interrupted while it waited at" in page["body"]


@pytest.mark.virtual_time
async def test_interrupted_app_can_send_nothing_more() -> None:
    refusals = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await send(START)
            except ClientDisconnected as refusal:
                refusals.append(str(refusal))

    late = call(app, http())
    await after(1)
    preemption.interrupt()
    assert (await late.all())[0]["status"] == 503
    assert refusals == ["This request was interrupted; nothing more can be sent."]


@pytest.mark.virtual_time
async def test_interrupted_websocket_is_closed() -> None:
    late = call(hangs, websocket("/chat"))
    await after(1)
    assert preemption.interrupt() == ["WebSocket /chat"]
    assert await late.all() == [{"type": "websocket.close", "code": 1013}]


@pytest.mark.virtual_time
async def test_response_that_has_started_is_not_interrupted_while_it_waits() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await after(SECONDS)
        await send(body())

    late = call(app, http())
    await after(1)
    assert preemption.interrupt() == []
    assert await late.all() == [START, body()]


async def test_lifespan_has_no_limit() -> None:
    assert await passes_through(LIFESPAN, partial(limit_time, seconds=SECONDS))


# The timer


@pytest.mark.virtual_time
async def test_deadlines_fire_in_order_unless_discarded() -> None:
    met: list[tuple[str, float]] = []

    deadlines = Deadlines(10)

    def set_deadline(key: str) -> None:
        deadlines.set(key, lambda: met.append((key, now())))

    set_deadline("one")
    set_deadline("two")
    set_deadline("again")
    await asyncio.sleep(1)
    set_deadline("again")
    deadlines.discard("two")
    await asyncio.sleep(10)
    set_deadline("later")
    await asyncio.sleep(10)
    assert met == [("one", 10), ("again", 11), ("later", 21)]


@pytest.mark.virtual_time
async def test_many_deadlines_share_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, timers = asyncio.get_running_loop(), []
    call_later = loop.call_later

    def counted(delay: float, callback: Callable[..., object], *args: object) -> object:
        timers.append(callback)
        return call_later(delay, callback, *args)

    monkeypatch.setattr(loop, "call_later", counted)
    deadlines = Deadlines(10)
    for key in range(1000):
        deadlines.set(key, lambda: None)
        deadlines.discard(key)
    assert len(timers) == 1
