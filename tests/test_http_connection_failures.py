from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jupyterlite_asgi.hosts.browser.protocol import Abort, Cancel
from jupyterlite_asgi.hosts.browser.protocol import Response as Head
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.connection import START, WorkerEnd

if TYPE_CHECKING:
    from .support.exchange import Exchange

NAVIGATION = [(b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")]


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("the shop is <closed>")


async def generic(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": b"Internal Server Error"})


def test_navigation_gets_html(exchange: Exchange) -> None:
    answer = exchange(broken, "/buy", headers=NAVIGATION)
    assert answer.status == 500
    assert answer.headers[b"content-type"] == b"text/html; charset=utf-8"
    assert "<h1>ValueError: the shop is &lt;closed&gt;</h1>" in answer.text
    assert "GET /demo/asgi/app/buy failed" in answer.text
    assert "in broken" in answer.text


@pytest.mark.parametrize("accept", [b"application/json", b"application/problem+json, */*"])
def test_request_that_accepts_json_gets_json(accept: bytes, exchange: Exchange) -> None:
    answer = exchange(broken, headers=[(b"accept", accept)])
    assert answer.headers[b"content-type"] == b"application/json"
    content = json.loads(answer.text)
    assert content["error"] == "ValueError: the shop is <closed>"
    assert content["traceback"][0] == "Traceback (most recent call last):"
    assert content["traceback"][-1] == content["error"]


@pytest.mark.parametrize("accept", [b"*/*", b"image/png", b""])
def test_other_requests_get_text(accept: bytes, exchange: Exchange) -> None:
    answer = exchange(broken, headers=[(b"accept", accept)])
    assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert answer.text.startswith("ValueError: the shop is <closed>\n")
    assert "Traceback (most recent call last):" in answer.text


def test_content_length_counts_bytes(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("café")

    answer = exchange(app)
    assert answer.headers[b"content-length"] == str(len(answer.head.chunk)).encode()


def test_response_to_head_has_no_body(exchange: Exchange) -> None:
    answer = exchange(broken, method="HEAD")
    assert answer.status == 500
    assert answer.chunks == [b""]
    assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert int(answer.headers[b"content-length"]) > 0


def test_response_start_is_replaced_by_the_500(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"1")]})
        raise ValueError

    answer = exchange(app)
    assert answer.status == 500
    assert b"a" not in answer.headers


def test_exception_in_mid_stream_aborts_the_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError

    assert exchange(app).messages == [
        Head("1", 200, b"", b"half", True, "OK"),
        Abort("1", "The app raised ValueError in the middle of its response."),
    ]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_exceptions_that_would_end_a_process_become_500(
    error: BaseException, exchange: Exchange
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    answer = exchange(app)
    assert answer.status == 500
    assert answer.text.startswith(type(error).__name__)


def test_os_error_of_the_app_becomes_500(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise FileNotFoundError("shop.db")

    assert "FileNotFoundError: shop.db" in exchange(app).text


def test_generic_500_of_starlette_is_replaced_by_the_traceback(exchange: Exchange) -> None:
    async def home(request: Request) -> Response:
        raise ValueError("closed")

    answer = exchange(Starlette(routes=[Route("/", home)]))
    assert answer.status == 500
    assert "ValueError: closed" in answer.text
    assert "in home" in answer.text


def test_generic_500_is_replaced_for_a_head_request(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await generic(scope, receive, send)
        raise ValueError("closed")

    answer = exchange(app, method="HEAD", headers=NAVIGATION)
    assert len(answer.messages) == 1
    assert answer.chunks == [b""]
    assert answer.headers[b"content-type"] == b"text/html; charset=utf-8"


def test_generic_500_without_an_exception_is_kept_for_a_head_request(
    exchange: Exchange,
) -> None:
    answer = exchange(generic, method="HEAD")
    assert answer.messages == [
        Head("1", 500, b"content-type\ntext/plain", b"", False, "Internal Server Error")
    ]


def test_custom_500_is_kept(exchange: Exchange) -> None:
    async def home(request: Request) -> Response:
        raise ValueError("closed")

    async def sorry(request: Request, error: Exception) -> Response:
        return PlainTextResponse("We are sorry.", 500)

    app = Starlette(routes=[Route("/", home)], exception_handlers={Exception: sorry})
    answer = exchange(app)
    assert answer.status == 500
    assert answer.text == "We are sorry."


def test_generic_500_without_an_exception_is_kept(exchange: Exchange) -> None:
    answer = exchange(generic)
    assert answer.messages == [
        Head(
            "1",
            500,
            b"content-type\ntext/plain",
            b"Internal Server Error",
            False,
            "Internal Server Error",
        )
    ]


def test_generic_500_is_replaced_for_a_navigation(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await generic(scope, receive, send)
        raise ValueError("closed")

    answer = exchange(app, headers=NAVIGATION)
    assert len(answer.messages) == 1
    assert "<h1>ValueError: closed</h1>" in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_exception_after_the_head_is_logged(
    method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await may_go_on.wait()
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise ValueError("the shop is closed")

    may_go_on = asyncio.Event()
    worker = WorkerEnd(method)
    running = worker.run(app)
    assert isinstance(await worker.next(), Head)
    if method == "HEAD":
        worker.connection.deliver(Cancel("1"))  # browsers do not wait for a body
    may_go_on.set()
    await running
    assert "ValueError: the shop is closed" in capsys.readouterr().err
