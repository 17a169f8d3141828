from __future__ import annotations

import asyncio
import contextlib
import gc
from functools import partial

import pytest

from jupyterlite_asgi.errors import ClientDisconnected, ResponseAborted
from jupyterlite_asgi.serving.middleware.conformance import check
from jupyterlite_asgi.serving.middleware.errors import HOLD_BACK, answer_errors
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from ..support.app_call import (
    LIFESPAN,
    START,
    AppCall,
    body,
    http,
    passes_through,
    sends,
    websocket,
)
from ..support.virtual_time import after, now

FAILED: Message = {**START, "status": 500}

GENERIC = body(b"Internal Server Error")


def call(app: ASGIApp, scope: Scope) -> tuple[AppCall, list[str]]:
    reports: list[str] = []
    return AppCall(answer_errors(app, reports.append), scope), reports


def fails(*messages: Message) -> ASGIApp:
    """An app that sends ``messages``, then raises."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(*messages)(scope, receive, send)
        raise ValueError("no stock")

    return app


@pytest.mark.parametrize("messages", [[], [START], [FAILED], [FAILED, GENERIC]])
async def test_http_is_answered_with_500(messages: list[Message]) -> None:
    failing, reports = call(fails(*messages), http())
    start, page = await failing.all()
    assert start["status"] == 500
    assert b"ValueError: no stock" in page["body"]
    assert reports[0].endswith("ValueError: no stock\n")


async def test_started_response_is_aborted() -> None:
    failing, _ = call(fails(START, body(more=True)), http())
    with pytest.raises(ResponseAborted, match="The app raised ValueError in the middle of its"):
        await failing.all()
    assert failing.rest() == [START, body(more=True)]


@pytest.mark.parametrize("messages", [[], [{"type": "websocket.accept"}]])
async def test_websocket_is_closed(messages: list[Message]) -> None:
    failing, reports = call(fails(*messages), websocket())
    assert await failing.all() == [*messages, {"type": "websocket.close", "code": 1011}]
    assert len(reports) == 1


async def test_response_start_does_not_wait_for_the_body() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await receive()

    waiting, _ = call(app, http())
    assert await waiting.next() == START
    waiting.task.cancel()


@pytest.mark.virtual_time
async def test_generic_500_is_held_back_until_the_exception_arrives() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(FAILED, GENERIC)(scope, receive, send)
        await after(1)

    generic, _ = call(app, http())
    assert (await generic.next(), now()) == (FAILED, HOLD_BACK)
    assert await generic.all() == [GENERIC]


async def test_generic_500_after_a_malformed_response_becomes_502() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({**START, "status": 99})
        except ValueError:
            await sends(FAILED, GENERIC)(scope, receive, send)
            raise

    malformed, _ = call(check(app), http())
    start, _ = await malformed.all()
    assert start["status"] == 502


async def test_body_does_not_overtake_a_slow_response_start() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for _ in range(2):  # let the response start be sent
            await asyncio.sleep(0)
        await send(body())

    async def slowly(message: Message) -> None:
        if message == START:
            await asyncio.sleep(0.01)
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError

    sent: list[Message] = []
    await answer_errors(app, print)(http(), receive, slowly)
    assert sent == [START, body()]


@pytest.mark.parametrize("refusal", [ClientDisconnected, ResponseAborted])
async def test_refused_response_start_raises_in_the_app(refusal: type[Exception]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for _ in range(3):  # let the response start be sent
            await asyncio.sleep(0)
        await send(body())

    async def refuse(message: Message) -> None:
        sent.append(message)
        raise refusal

    async def receive() -> Message:
        raise AssertionError

    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    sent: list[Message] = []
    with contextlib.suppress(ResponseAborted):
        await answer_errors(app, pytest.fail)(http(), receive, refuse)
    gc.collect()
    assert (sent, unhandled) == ([START, body()], [])


async def test_lifespan_passes_through() -> None:
    assert await passes_through(LIFESPAN, partial(answer_errors, report=print))
