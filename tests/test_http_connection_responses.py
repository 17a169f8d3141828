"""Responses on their way from an app."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    Response,
    ResponseBody,
    ResponseCredit,
)
from jupyterlite_asgi.hosts.http import CHUNK, WINDOW
from jupyterlite_asgi.serving.middleware import errors
from jupyterlite_asgi.types import Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

from .support.connection import START, WorkerEnd, hello


def test_body_in_parts_is_posted_as_it_is_sent(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for body in (b"one", bytearray(b"two"), memoryview(b"three")):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})

    assert exchange(app).messages == [
        Response("1", 200, b"", b"one", True, "OK"),
        ResponseBody("1", b"two", True),
        ResponseBody("1", b"three", True),
        ResponseBody("1", b"", False),
    ]


def test_response_start_is_posted_with_an_empty_first_part(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for body in (b"", b"", b"late", b""):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    assert exchange(app).messages == [
        Response("1", 200, b"", b"", True, "OK"),
        ResponseBody("1", b"late", True),
        ResponseBody("1", b"", False),
    ]


def test_response_without_headers(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    assert exchange(app).messages == [Response("1", 204, b"", b"", False, "No Content")]


def test_response_to_head_has_no_body(exchange: Exchange) -> None:
    answer = exchange(hello, method="HEAD")
    assert answer.headers[b"content-type"] == b"text/plain"
    assert answer.chunks == [b""]


def test_stream_in_response_to_head_has_no_body(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    answer = exchange(app, method="HEAD")
    assert answer.text == ""
    assert answer.messages[-1] == ResponseBody("1", b"", False)


def test_large_body_is_split_into_chunks(exchange: Exchange) -> None:
    body = bytes(range(256)) * (CHUNK // 256) * 2 + b"rest"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": body})

    answer = exchange(app)
    assert [len(chunk) for chunk in answer.chunks] == [CHUNK, CHUNK, 4]
    assert b"".join(answer.chunks) == body
    assert answer.messages[-1] == ResponseBody("1", b"rest", False)


def test_body_of_whole_chunks_has_no_empty_last_part(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": bytes(2 * CHUNK)})

    assert [len(chunk) for chunk in exchange(app).chunks] == [CHUNK, CHUNK]


async def test_send_waits_for_credit() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": bytes(WINDOW), "more_body": True})
        await send({"type": "http.response.body", "body": bytes(WINDOW), "more_body": True})
        await send({"type": "http.response.body"})

    worker = WorkerEnd()
    task = worker.run(app)
    await worker.next()
    assert worker.bytes_posted() == WINDOW - CHUNK

    worker.connection.deliver(ResponseCredit("1", CHUNK))
    message = await worker.next()
    assert isinstance(message, ResponseBody)
    assert len(message.chunk) == CHUNK
    assert worker.bytes_posted() == 0

    worker.connection.deliver(ResponseCredit("1", WINDOW))
    await asyncio.wait_for(task, 10)
    assert worker.bytes_posted() == WINDOW - CHUNK


# The end of the app


def test_app_that_returns_without_a_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    answer = exchange(app)
    assert answer.status == 500
    assert "The app returned without sending a response." in answer.text


def test_app_that_returns_after_the_response_start(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)

    answer = exchange(app)
    assert answer.status == 500
    assert "The app returned without sending a response." in answer.text


def test_app_that_returns_in_the_middle_of_its_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    answer = exchange(app)
    assert answer.messages == [
        Response("1", 200, b"", b"half", True, "OK"),
        Abort("1", "The app ended before its response was complete."),
    ]


def test_app_may_keep_running_after_its_response(exchange: Exchange) -> None:
    done: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        done.append("background task")

    answer = exchange(app)
    assert len(answer.messages) == 1
    assert done == ["background task"]


@pytest.mark.parametrize("started", [False, True])
async def test_cancelling_an_app_ends_its_response(started: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": started})
        await receive()
        await receive()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        reached.set()
        await asyncio.Event().wait()

    reached = asyncio.Event()
    worker = WorkerEnd()
    task = worker.run(app if started else never)
    if started:
        await worker.next()
    else:
        await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    message = await worker.next()
    if started:
        assert message == Abort("1", "The app ended before its response was complete.")
    else:
        assert isinstance(message, Response)
        assert b"The app was stopped before it responded." in message.chunk


# A generic 500


async def test_generic_500_is_held_back_for_its_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})
        assert worker.posted.empty()
        await asyncio.Event().wait()

    monkeypatch.setattr(errors, "HOLD_BACK", 0.001)
    worker = WorkerEnd()
    task = worker.run(app)
    message = await worker.next()
    assert message == Response(
        "1", 500, b"", b"Internal Server Error", False, "Internal Server Error"
    )
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert worker.posted.empty()


@pytest.mark.parametrize(("status", "reason"), [(404, "Not Found"), (299, "")])
def test_reason_is_the_statuss(exchange: Exchange, status: int, reason: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status})
        await send({"type": "http.response.body"})

    assert exchange(app).head.reason == reason
