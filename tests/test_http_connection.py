"""Requests on their way to an app: bodies, credit, disconnects."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    Cancel,
    RequestBody,
    RequestCredit,
    Response,
    ResponseBody,
    ResponseCredit,
)
from jupyterlite_asgi.hosts.http import CHUNK, WINDOW
from jupyterlite_asgi.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

from .support.connection import START, WorkerEnd, hello


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        body = f"[{message['body'].decode()}]".encode()
        await send({"type": "http.response.body", "body": body, "more_body": more})


# Requests


def test_get(exchange: Exchange) -> None:
    answer = exchange(hello)
    assert answer.messages == [
        Response(
            "1",
            200,
            b"Content-Type\ntext/plain\nset-cookie\na=1\nset-cookie\nb=2",
            b"hello",
            False,
            "OK",
        )
    ]


def test_get_has_one_empty_body(exchange: Exchange) -> None:
    assert exchange(echo).text == "[]"


def test_post_in_parts(exchange: Exchange) -> None:
    answer = exchange(echo, method="POST", body=[b"one", b"two", b""])
    assert answer.text == "[one][two][]"


async def test_receive_waits_for_the_next_part_of_the_body() -> None:
    worker = WorkerEnd("POST", body=True)
    task = worker.run(echo)
    assert await worker.next() == RequestCredit("1", WINDOW)
    assert await worker.next() == Response("1", 200, b"", b"", True, "OK")
    worker.connection.deliver(RequestBody("1", b"one", True))
    assert await worker.next() == ResponseBody("1", b"[one]", True)
    worker.connection.deliver(RequestBody("1", b"two", False))
    assert await worker.next() == ResponseBody("1", b"[two]", False)
    await task


def test_credit_is_granted_for_each_chunk_that_the_app_receives(exchange: Exchange) -> None:
    half = bytes(CHUNK // 2)
    answer = exchange(hello_after_body, method="POST", body=[half, half, half, half, half, b""])
    assert answer.messages[:-1] == [RequestCredit("1", size) for size in (WINDOW, CHUNK, CHUNK)]


def test_no_credit_is_granted_for_unread_chunks(exchange: Exchange) -> None:
    answer = exchange(hello, method="POST", body=[bytes(CHUNK), bytes(CHUNK), b""])
    assert answer.messages[0] == RequestCredit("1", WINDOW)
    assert [type(message) for message in answer.messages[1:]] == [Response]


async def hello_after_body(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive())["more_body"]:
        pass
    await hello(scope, receive, send)


# Disconnection


async def test_receive_after_the_body_waits_for_the_disconnect() -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(START)
        await send({"type": "http.response.body", "body": b"tick", "more_body": True})
        received.append(await receive())

    worker = WorkerEnd()
    task = worker.run(app)
    await worker.next()
    assert received == []
    worker.connection.deliver(ResponseCredit("1", 4))
    worker.connection.deliver(Cancel("1"))
    await task
    assert worker.posted.empty()
    assert received == [{"type": "http.disconnect"}]


def test_receive_returns_disconnect_once_the_response_is_complete(exchange: Exchange) -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        received.append(await receive())

    exchange(app, method="POST", body=[b"unread"])
    assert received == [{"type": "http.disconnect"}]


async def test_receive_returns_when_another_task_completes_the_response() -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def listen() -> None:
            listening.set()
            received.append(await receive())

        await receive()
        listening = asyncio.Event()
        listener = asyncio.create_task(listen())
        await listening.wait()
        await hello(scope, receive, send)
        await listener

    await asyncio.wait_for(WorkerEnd().run(app), 10)
    assert received == [{"type": "http.disconnect"}]


@pytest.mark.parametrize("started", [False, True])
async def test_send_after_a_disconnect_raises_oserror(started: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if started:
            await send(START)
        await receive()
        listening.set()
        await receive()
        if not started:
            await send(START)
        with pytest.raises(OSError, match="The client has disconnected"):
            await send({"type": "http.response.body", "body": b"x"})
        raised.append(True)

    listening = asyncio.Event()
    raised: list[bool] = []
    worker = WorkerEnd()
    task = worker.run(app)
    await listening.wait()
    worker.connection.deliver(Cancel("1"))
    await task
    assert all(message.more for message in worker.drain() if isinstance(message, Response))
    assert raised == [True]


async def test_send_that_waits_for_credit_ends_with_a_disconnect() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": bytes(WINDOW + 1)})

    worker = WorkerEnd()
    task = worker.run(app)
    for _ in range(WINDOW // CHUNK):
        await worker.next()
    worker.connection.deliver(Cancel("1"))
    await asyncio.wait_for(task, 10)
    assert worker.posted.empty()
