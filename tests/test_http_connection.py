from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    Cancel,
    FromKernel,
    Request,
    RequestBody,
    RequestCredit,
    Response,
    ResponseBody,
    ResponseCredit,
)
from jupyterlite_asgi.hosts.http import CHUNK, WINDOW
from jupyterlite_asgi.serving.middleware import errors
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from .support.apps import run_app

if TYPE_CHECKING:
    from .support.exchange import Exchange

START = {"type": "http.response.start", "status": 200, "headers": []}


class Worker:
    """The other end of a cycle, for tests in which it matters when something comes."""

    def __init__(self, method: str = "GET", *, body: bool = False) -> None:
        self.posted: asyncio.Queue[FromKernel] = asyncio.Queue()
        request = Request("1", "worker", 0, method, "https://example.org/", b"", body)
        self.connection = BrowserHttpConnection(request, self.posted.put_nowait, "")

    def run(self, app: ASGIApp) -> asyncio.Task[None]:
        return asyncio.create_task(self._run(app))

    async def _run(self, app: ASGIApp) -> None:
        await run_app(app, self.connection)

    def drain(self) -> list[FromKernel]:
        """What has come and was not looked at."""
        return [self.posted.get_nowait() for _ in range(self.posted.qsize())]

    async def next(self) -> FromKernel:
        return await asyncio.wait_for(self.posted.get(), 10)

    def bytes_posted(self) -> int:
        size = 0
        while not self.posted.empty():
            message = self.posted.get_nowait()
            assert isinstance(message, Response | ResponseBody)
            size += len(message.chunk)
        return size


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"Content-Type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


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
            "1", 200, b"Content-Type\ntext/plain\nset-cookie\na=1\nset-cookie\nb=2", b"hello", False
        )
    ]


def test_get_has_one_empty_body(exchange: Exchange) -> None:
    assert exchange(echo).text == "[]"


def test_post_in_parts(exchange: Exchange) -> None:
    answer = exchange(echo, method="POST", body=[b"one", b"two", b""])
    assert answer.text == "[one][two][]"


async def test_part_of_a_body_that_comes_later_is_waited_for() -> None:
    worker = Worker("POST", body=True)
    task = worker.run(echo)
    assert await worker.next() == RequestCredit("1", WINDOW)
    assert await worker.next() == Response("1", 200, b"", b"", True)
    worker.connection.deliver(RequestBody("1", b"one", True))
    assert await worker.next() == ResponseBody("1", b"[one]", True)
    worker.connection.deliver(RequestBody("1", b"two", False))
    assert await worker.next() == ResponseBody("1", b"[two]", False)
    await task


def test_credit_is_granted_for_each_chunk_that_the_app_took(exchange: Exchange) -> None:
    half = bytes(CHUNK // 2)
    answer = exchange(hello_after_body, method="POST", body=[half, half, half, half, half, b""])
    assert answer.messages[:-1] == [RequestCredit("1", size) for size in (WINDOW, CHUNK, CHUNK)]


def test_no_credit_is_granted_for_what_is_not_taken(exchange: Exchange) -> None:
    answer = exchange(hello, method="POST", body=[bytes(CHUNK), bytes(CHUNK), b""])
    assert answer.messages[0] == RequestCredit("1", WINDOW)
    assert [type(message) for message in answer.messages[1:]] == [Response]


async def hello_after_body(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive())["more_body"]:
        pass
    await hello(scope, receive, send)


# Disconnection


async def test_receive_waits_after_the_body_until_the_reader_leaves() -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(START)
        await send({"type": "http.response.body", "body": b"tick", "more_body": True})
        received.append(await receive())

    worker = Worker()
    task = worker.run(app)
    await worker.next()
    assert received == []
    worker.connection.deliver(ResponseCredit("1", 4))
    worker.connection.deliver(Cancel("1"))
    await task
    assert worker.posted.empty()
    assert received == [{"type": "http.disconnect"}]


def test_receive_gives_disconnect_once_the_response_is_complete(exchange: Exchange) -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        received.append(await receive())

    exchange(app, method="POST", body=[b"unread"])
    assert received == [{"type": "http.disconnect"}]


async def test_receive_wakes_when_another_task_completes_the_response() -> None:
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

    await asyncio.wait_for(Worker().run(app), 10)
    assert received == [{"type": "http.disconnect"}]


@pytest.mark.parametrize("started", [False, True])
async def test_send_after_the_reader_left_raises_oserror(started: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if started:
            await send(START)
        await receive()
        listening.set()
        await receive()
        if not started:
            await send(START)
        with pytest.raises(OSError, match="The reader has left"):
            await send({"type": "http.response.body", "body": b"x"})
        raised.append(True)

    listening = asyncio.Event()
    raised: list[bool] = []
    worker = Worker()
    task = worker.run(app)
    await listening.wait()
    worker.connection.deliver(Cancel("1"))
    await task
    assert all(message.more for message in worker.drain() if isinstance(message, Response))
    assert raised == [True]


async def test_send_that_waits_for_credit_is_woken_when_the_reader_leaves() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": bytes(WINDOW + 1)})

    worker = Worker()
    task = worker.run(app)
    for _ in range(WINDOW // CHUNK):
        await worker.next()
    worker.connection.deliver(Cancel("1"))
    await asyncio.wait_for(task, 10)
    assert worker.posted.empty()


# Responses


def test_body_in_parts_is_posted_as_it_is_sent(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for body in (b"one", bytearray(b"two"), memoryview(b"three")):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})

    assert exchange(app).messages == [
        Response("1", 200, b"", b"one", True),
        ResponseBody("1", b"two", True),
        ResponseBody("1", b"three", True),
        ResponseBody("1", b"", False),
    ]


def test_head_is_posted_with_an_empty_first_part(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for body in (b"", b"", b"late", b""):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    assert exchange(app).messages == [
        Response("1", 200, b"", b"", True),
        ResponseBody("1", b"late", True),
        ResponseBody("1", b"", False),
    ]


def test_response_without_headers(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    assert exchange(app).messages == [Response("1", 204, b"", b"", False)]


def test_head_request_gets_no_body(exchange: Exchange) -> None:
    answer = exchange(hello, method="HEAD")
    assert answer.headers[b"content-type"] == b"text/plain"
    assert answer.chunks == [b""]


def test_head_request_of_a_stream_gets_no_body(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    answer = exchange(app, method="HEAD")
    assert answer.text == ""
    assert answer.messages[-1] == ResponseBody("1", b"", False)


def test_large_body_is_split_in_chunks(exchange: Exchange) -> None:
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


async def test_send_waits_for_credit_and_goes_on_with_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": bytes(WINDOW), "more_body": True})
        await send({"type": "http.response.body", "body": bytes(WINDOW), "more_body": True})
        await send({"type": "http.response.body"})

    worker = Worker()
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


# Illegal messages


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        (
            [{"type": "http.response.body"}],
            "Expected ASGI message 'http.response.start', but got 'http.response.body'.",
        ),
        (
            [{"type": "lifespan.startup.complete"}],
            "Expected ASGI message 'http.response.start', but got 'lifespan.startup.complete'.",
        ),
        (
            [START, START],
            "Expected ASGI message 'http.response.body', but got 'http.response.start'.",
        ),
        (
            [START, {"type": "http.response.body", "more_body": True}, START],
            "Expected ASGI message 'http.response.body', but got 'http.response.start'.",
        ),
        (
            [START, {"type": "http.response.body"}, {"type": "http.response.body"}],
            "Unexpected ASGI message 'http.response.body' sent, after the response was complete.",
        ),
    ],
)
def test_message_out_of_turn_raises(
    messages: list[Message], sentence: str, exchange: Exchange
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages[:-1]:
            await send(message)
        with pytest.raises(RuntimeError) as caught:
            await send(messages[-1])
        assert str(caught.value) == sentence
        raised.append(sentence)

    raised: list[str] = []
    exchange(app)
    assert raised == [sentence]


@pytest.mark.parametrize(
    ("message", "expected", "got"),
    [
        ({"status": "200"}, "int", "'200'"),
        ({"status": 200, "headers": [("a", b"1")]}, "bytes", "str"),
        ({"status": 200, "headers": [(b"a", "1")]}, "bytes", "str"),
        ({"status": 200, "headers": [(b"content-length", 5)]}, "bytes", "int"),
    ],
)
def test_start_of_the_wrong_type_raises(
    message: Message, expected: str, got: str, exchange: Exchange
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(TypeError, match=f"Expected .*{expected}.*got .*{got}"):
            await send({"type": "http.response.start", **message})
        await hello(scope, receive, send)

    assert exchange(app).text == "hello"


def test_body_as_str_raises(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        with pytest.raises(TypeError, match="Expected the body as bytes, but got str"):
            await send({"type": "http.response.body", "body": "text"})
        await send({"type": "http.response.body", "body": b"hello"})

    assert exchange(app).text == "hello"


@pytest.mark.parametrize("value", [b"/a\r\nset-cookie: a=1", b"/a\n/b"])
def test_line_break_in_a_header_raises(value: bytes, exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"location", value)]
        with pytest.raises(ValueError, match="No response has a header b'location'"):
            await send({"type": "http.response.start", "status": 302, "headers": headers})
        await hello(scope, receive, send)

    assert exchange(app).text == "hello"


# The end of the app


def test_app_that_returns_without_a_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    answer = exchange(app)
    assert answer.status == 500
    assert "The app returned without sending a response." in answer.text


def test_app_that_returns_after_the_start_alone(exchange: Exchange) -> None:
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
        Response("1", 200, b"", b"half", True),
        Abort("1", "The app ended before its response was complete."),
    ]


def test_app_that_goes_on_after_its_response(exchange: Exchange) -> None:
    done: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        done.append("background task")

    answer = exchange(app)
    assert len(answer.messages) == 1
    assert done == ["background task"]


@pytest.mark.parametrize("started", [False, True])
async def test_cancelled_app_tells_its_reader(started: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": started})
        await receive()
        await receive()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        reached.set()
        await asyncio.Event().wait()

    reached = asyncio.Event()
    worker = Worker()
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
        assert b"The app was stopped before it had answered." in message.chunk


# A bland 500


async def test_bland_500_waits_a_moment_for_its_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})
        assert worker.posted.empty()
        await asyncio.Event().wait()

    monkeypatch.setattr(errors, "HOLD_BACK", 0.001)
    worker = Worker()
    task = worker.run(app)
    message = await worker.next()
    assert message == Response("1", 500, b"", b"Internal Server Error", False)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert worker.posted.empty()
