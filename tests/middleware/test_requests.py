from __future__ import annotations

import asyncio
from functools import partial

import pytest

from jupyterlite_asgi.serving.events import RequestFinished
from jupyterlite_asgi.serving.middleware.requests import GRACE, LENGTH, Requests
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from ..support.app_call import (
    DISCONNECT,
    LIFESPAN,
    START,
    AppCall,
    body,
    http,
    passes_through,
    sends,
    websocket,
)
from ..support.virtual_time import now

GONE: Message = {"type": "websocket.disconnect", "code": 1001, "reason": ""}


class Recorder:
    """An app that first sends some messages, then records what it receives."""

    def __init__(self, *first: Message) -> None:
        self.first = first
        self.received: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for message in self.first:
            await send(message)
        while not self.received or not self.received[-1]["type"].endswith(".disconnect"):
            self.received.append(await receive())


def make(app: ASGIApp) -> tuple[Requests, list[RequestFinished]]:
    finished: list[RequestFinished] = []
    return Requests(app, "shop", finished.append), finished


async def test_finished_request_is_reported() -> None:
    requests, finished = make(sends({**START, "status": 201}, body()))
    await AppCall(requests, http("/buy", method="POST")).all()
    (one,) = finished
    assert (one.name, one.method, one.path, one.status) == ("shop", "POST", "/buy", 201)
    assert one.url == "https://example.org/asgi/app/"


async def test_websocket_is_not_reported() -> None:
    requests, finished = make(sends({"type": "websocket.close"}))
    await AppCall(requests, websocket()).all()
    assert finished == []


@pytest.mark.parametrize(
    ("scope", "first", "received"),
    [
        (http(), [], DISCONNECT),
        (websocket(), [], GONE),
        (websocket(), [{"type": "websocket.accept"}], GONE),
    ],
)
async def test_app_awaiting_a_message_gets_a_disconnect(
    scope: Scope, first: list[Message], received: Message
) -> None:
    app = Recorder(*first)
    requests, _ = make(app)
    call = AppCall(requests, scope)
    await asyncio.sleep(0)
    await requests.drain()
    assert app.received == [received]
    await call.all()


async def test_app_awaiting_a_message_in_another_task_gets_a_disconnect() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert [*await asyncio.gather(receive(), receive())] == [DISCONNECT, DISCONNECT]
        await send(START)

    requests, _ = make(app)
    call = AppCall(requests, http())
    for _ in range(2):
        await asyncio.sleep(0)
    await requests.drain()
    assert await call.all() == [START]


async def test_app_that_responds_at_that_moment_gets_a_disconnect_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer() -> None:
            await stopping.wait()
            await send(START)

        answering = asyncio.create_task(answer())
        assert await receive() == DISCONNECT
        await answering

    stopping = asyncio.Event()
    requests, _ = make(app)
    call = AppCall(requests, http())
    for _ in range(2):
        await asyncio.sleep(0)
    stopping.set()
    await requests.drain()
    assert await call.all() == [START]


async def test_app_can_be_cancelled_during_the_drain() -> None:
    requests, _ = make(Recorder())
    call = AppCall(requests, http())
    await asyncio.sleep(0)
    draining = asyncio.create_task(requests.drain())
    await asyncio.sleep(0)
    call.task.cancel()
    await draining
    assert call.task.cancelled()


@pytest.mark.virtual_time
async def test_started_response_is_cut_off_at_once() -> None:
    requests, finished = make(Recorder(START))
    call = AppCall(requests, http())
    await call.next()
    await requests.drain()
    assert call.task.cancelled()
    assert (finished[0].status, now()) == (200, 0)


@pytest.mark.virtual_time
async def test_other_task_of_a_cut_off_response_gets_a_disconnect() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        listening.append(asyncio.ensure_future(receive()))
        await send(START)
        await asyncio.Event().wait()

    listening: list[asyncio.Future[Message]] = []
    requests, _ = make(app)
    call = AppCall(requests, http())
    await call.next()
    await requests.drain()
    assert await listening[0] == DISCONNECT
    assert call.task.cancelled()


@pytest.mark.virtual_time
async def test_app_that_ignores_the_disconnect_is_cancelled() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    requests, _ = make(app)
    call = AppCall(requests, http())
    await asyncio.sleep(0)
    await requests.drain()
    assert call.task.cancelled()
    assert now() == GRACE


@pytest.mark.parametrize(
    ("scope", "first"),
    [
        (http(), {"type": "http.response.start", "status": 503}),
        (websocket(), {"type": "websocket.close", "code": 1001}),
    ],
)
async def test_request_after_the_drain_is_refused(scope: Scope, first: Message) -> None:
    requests, _ = make(Recorder())
    await requests.drain()
    sent = (await AppCall(requests, scope).all())[0]
    assert {key: sent[key] for key in first} == first


async def test_request_may_stop_its_own_app() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await requests.drain()
        await send(START)

    requests, _ = make(app)
    assert await AppCall(requests, http()).all() == [START]


async def test_lifespan_is_not_a_request() -> None:
    middleware = partial(Requests, name="shop", on_finish=lambda finished: pytest.fail("reported"))
    assert await passes_through(LIFESPAN, middleware)


async def test_what_is_kept_of_a_request_is_bounded() -> None:
    requests, finished = make(sends(START, body()))
    await AppCall(requests, http(f"/{'x' * LENGTH}", method="M" * (LENGTH + 1))).all()
    assert (finished[0].path, finished[0].method) == (f"/{'x' * (LENGTH - 1)}", "M" * LENGTH)
