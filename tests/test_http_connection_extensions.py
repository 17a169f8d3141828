"""The supported ASGI extensions: Path Send and HTTP Trailers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import (
    Cancel,
    FromKernel,
    Request,
    Response,
    ResponseBody,
)
from jupyterlite_asgi.hosts.http import CHUNK, WINDOW
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from .support.apps import run_app

if TYPE_CHECKING:
    from .support.exchange import Exchange

START = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body", "body": b"hello"}
WITH_TRAILERS = {**START, "trailers": True}
TRAILERS = {"type": "http.response.trailers", "headers": [(b"x-sum", b"5")]}


def sends(*messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def pathsend(path: Path) -> Message:
    return {"type": "http.response.pathsend", "path": str(path)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello")
    return path


@pytest.fixture
def large_file(file: Path) -> Path:
    file.write_bytes(bytes(2 * WINDOW))
    return file


# Path Send


def test_file_is_the_body(exchange: Exchange, file: Path) -> None:
    answer = exchange(sends(START, pathsend(file)))
    assert answer.messages == [
        Response("1", 200, b"", b"hello", True, "OK"),
        ResponseBody("1", b"", False),
    ]


def test_empty_file_is_an_empty_body(exchange: Exchange, file: Path) -> None:
    file.write_bytes(b"")
    answer = exchange(sends(START, pathsend(file)))
    assert answer.messages == [Response("1", 200, b"", b"", False, "OK")]


def test_large_file_is_sent_in_chunks(exchange: Exchange, file: Path) -> None:
    content = bytes(range(256)) * (CHUNK // 256) * 2 + b"rest"
    file.write_bytes(content)
    answer = exchange(sends(START, pathsend(file)))
    assert [len(chunk) for chunk in answer.chunks] == [CHUNK, CHUNK, 4, 0]
    assert b"".join(answer.chunks) == content


def test_response_to_head_has_no_file(exchange: Exchange, file: Path) -> None:
    answer = exchange(sends(START, pathsend(file)), method="HEAD")
    assert answer.messages == [Response("1", 200, b"", b"", False, "OK")]


def test_missing_file_raises_and_the_app_can_handle_it(exchange: Exchange, tmp_path: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        with pytest.raises(FileNotFoundError, match=r"none\.txt"):
            await send(pathsend(tmp_path / "none.txt"))
        await send(BODY)

    assert exchange(app).messages == [Response("1", 200, b"", b"hello", False, "OK")]


def test_unhandled_missing_file_is_a_500(exchange: Exchange, tmp_path: Path) -> None:
    answer = exchange(sends(START, pathsend(tmp_path / "none.txt")))
    assert answer.status == 500
    assert answer.text.startswith("FileNotFoundError: ")


def test_folder_raises(exchange: Exchange, tmp_path: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        with pytest.raises(OSError, match="directory"):
            await send(pathsend(tmp_path))
        await send(BODY)

    assert exchange(app).text == "hello"


async def test_sending_a_file_ends_with_a_disconnect(large_file: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        with pytest.raises(OSError, match="The client has disconnected"):
            await send(pathsend(large_file))

    def post(message: FromKernel) -> None:
        posted.append(message)
        if len(posted) == WINDOW // CHUNK:
            asyncio.get_running_loop().call_soon(connection.deliver, Cancel("1"))

    request = Request("1", "worker", 0, "GET", "https://example.org/", b"", False)
    posted: list[FromKernel] = []
    connection = BrowserHttpConnection(request, post, "")
    await run_app(app, connection)
    assert len(posted) == WINDOW // CHUNK


# HTTP Trailers


def test_trailers_are_dropped(exchange: Exchange) -> None:
    more = {**TRAILERS, "more_trailers": True}
    answer = exchange(sends(WITH_TRAILERS, BODY, more, more, TRAILERS))
    assert answer.messages == [Response("1", 200, b"", b"hello", False, "OK")]


def test_trailers_may_follow_a_file(exchange: Exchange, file: Path) -> None:
    assert exchange(sends(WITH_TRAILERS, pathsend(file), TRAILERS)).text == "hello"


def test_trailers_may_be_missing(exchange: Exchange) -> None:
    answer = exchange(sends(WITH_TRAILERS, BODY))
    assert answer.messages == [Response("1", 200, b"", b"hello", False, "OK")]


# Messages out of order

TOO_LATE = "Unexpected ASGI message {!r} sent, after the response was complete."


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        (
            [pathsend(Path("hello.txt"))],
            "Expected ASGI message 'http.response.start', but got 'http.response.pathsend'.",
        ),
        ([START, BODY, pathsend(Path("hello.txt"))], TOO_LATE.format("http.response.pathsend")),
        ([START, pathsend(Path(__file__)), BODY], TOO_LATE.format("http.response.body")),
        (
            [START, pathsend(Path(__file__)), pathsend(Path(__file__))],
            TOO_LATE.format("http.response.pathsend"),
        ),
        (
            [START, {**BODY, "more_body": True}, pathsend(Path(__file__))],
            "Expected ASGI message 'http.response.body', but got 'http.response.pathsend'.",
        ),
        (
            [START, {**BODY, "body": b"", "more_body": True}, pathsend(Path(__file__))],
            "Expected ASGI message 'http.response.body', but got 'http.response.pathsend'.",
        ),
        (
            [TRAILERS],
            "Expected ASGI message 'http.response.start', but got 'http.response.trailers'.",
        ),
        (
            [WITH_TRAILERS, TRAILERS],
            "Expected ASGI message 'http.response.body', but got 'http.response.trailers'.",
        ),
        (
            [WITH_TRAILERS, {**BODY, "more_body": True}, TRAILERS],
            "Expected ASGI message 'http.response.body', but got 'http.response.trailers'.",
        ),
        (
            [WITH_TRAILERS, BODY, BODY],
            "Expected ASGI message 'http.response.trailers', but got 'http.response.body'.",
        ),
        (
            [WITH_TRAILERS, BODY, pathsend(Path(__file__))],
            "Expected ASGI message 'http.response.trailers', but got 'http.response.pathsend'.",
        ),
        ([START, BODY, TRAILERS], TOO_LATE.format("http.response.trailers")),
        ([WITH_TRAILERS, BODY, TRAILERS, TRAILERS], TOO_LATE.format("http.response.trailers")),
    ],
)
def test_message_out_of_order_raises(
    messages: list[Message], sentence: str, exchange: Exchange
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(*messages[:-1])(scope, receive, send)
        with pytest.raises(RuntimeError) as caught:
            await send(messages[-1])
        raised.append(str(caught.value))

    raised: list[str] = []
    exchange(app)
    assert raised == [sentence]
