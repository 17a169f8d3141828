"""WSGI apps behind the adapter, checked by the standard library's validator."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest

from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import Cancel, FromKernel, Request, Response
from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.serving.wsgi import SPOOL, as_asgi_app, environ_of
from jupyterlite_asgi.types import ASGIApp

from .support.apps import run_app

if TYPE_CHECKING:
    from .support.exchange import Exchange

StartResponse = Callable[..., Callable[[bytes], object]]
Environ = dict[str, Any]
TEXT = [("Content-Type", "text/plain")]


def echo(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Answer with the body, and with the method in a header."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH", 0)))
    start_response("201 Made", [*TEXT, ("X-Method", environ["REQUEST_METHOD"])])
    return [body]


def checked(app: Any) -> ASGIApp:
    """Adapt ``app``, checked by the validator: both what it gets and what it does."""
    return as_asgi_app(validator(app))


def exc_info() -> Any:
    """A value as ``sys.exc_info()`` returns it in an exception handler."""
    error = ValueError("no")
    return type(error), error, None


def environ(path: str = "/", **fields: Any) -> Environ:
    """The environ that an app gets for a request."""
    url = f"https://example.org:81/demo/asgi/app{path}"
    scope = {**http_scope("GET", url, [], "/demo/asgi/app"), **fields}
    return environ_of(scope, sys.stdin.buffer, 0)


def test_body_status_and_headers_are_passed_on(exchange: Exchange) -> None:
    answer = exchange(
        checked(echo),
        "/x?a=1",
        method="POST",
        headers=[(b"content-length", b"11")],
        body=[b"hello ", b"world"],
    )
    assert (answer.status, answer.head.reason, answer.text) == (201, "Made", "hello world")
    assert answer.headers == {b"content-type": b"text/plain", b"x-method": b"POST"}


def test_content_length_is_added(exchange: Exchange) -> None:
    app = checked(echo)
    assert exchange(app, method="PUT", body=[b"ab", b"", b"c"]).text == "abc"
    assert exchange(app, method="PUT", body=[b""]).text == ""


def test_large_body_arrives_complete(exchange: Exchange) -> None:
    parts = [bytes([index]) * SPOOL for index in range(3)]
    answer = exchange(checked(echo), method="POST", body=parts)
    assert b"".join(answer.chunks) == b"".join(parts)


@pytest.mark.parametrize(
    ("path", "path_info"),
    [
        ("", ""),
        ("/", "/"),
        ("/a%20b/caf%C3%A9", "/a b/caf\xc3\xa9"),
        ("/%FF", "/\xef\xbf\xbd"),
        ("/a%2Fb%0A", "/a/b\n"),
    ],
)
def test_path_is_split_after_the_prefix(path: str, path_info: str) -> None:
    got = environ(path)
    assert (got["SCRIPT_NAME"], got["PATH_INFO"]) == ("/demo/asgi/app", path_info)


def test_environ_describes_the_server() -> None:
    got = environ("/?a=%C3%A9&b")
    assert got["QUERY_STRING"] == "a=%C3%A9&b"
    assert (got["SERVER_NAME"], got["SERVER_PORT"]) == ("example.org", "81")
    assert (got["wsgi.url_scheme"], got["SERVER_PROTOCOL"]) == ("https", "HTTP/1.1")
    assert got["HTTP_HOST"] == "example.org:81"


def test_repeated_headers_are_joined() -> None:
    twice = [(b"x-a", b"1"), (b"cookie", b"a=1"), (b"x-a", b"\xe9"), (b"cookie", b"b=2")]
    got = environ(headers=[*twice, (b"content-type", b"a/b")])
    assert (got["HTTP_X_A"], got["HTTP_COOKIE"]) == ("1,\xe9", "a=1; b=2")
    assert (got["CONTENT_TYPE"], "HTTP_CONTENT_TYPE" in got) == ("a/b", False)


def test_start_response_may_be_called_with_the_first_part(exchange: Exchange) -> None:
    def late(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("404 Not Found", TEXT)
        yield b""
        yield b"none"

    answer = exchange(checked(late))
    assert (answer.status, answer.text) == (404, "none")


def test_written_data_comes_before_the_returned_body(exchange: Exchange) -> None:
    def writes(environ: Environ, start_response: StartResponse) -> list[bytes]:
        write = start_response("200 OK", TEXT)
        write(b"a")
        write(b"b")
        return [b"c"]

    assert exchange(checked(writes)).text == "abc"


def test_headers_can_be_replaced_before_they_are_sent(exchange: Exchange) -> None:
    def fails(environ: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", TEXT)
        start_response("500 Sorry", TEXT, exc_info())
        return [b"sorry"]

    answer = exchange(checked(fails))
    assert (answer.status, answer.text) == (500, "sorry")


def test_headers_cannot_be_replaced_after_they_are_sent(exchange: Exchange) -> None:
    def fails(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"good"
        start_response("500 Sorry", TEXT, exc_info())

    answer = exchange(checked(fails))
    assert (answer.status, answer.text) == (200, "good")
    assert answer.abort == "The app raised ValueError in the middle of its response."


@pytest.mark.parametrize(
    ("calls", "sentence"),
    [(0, "without calling start_response"), (2, "was called again without exc_info")],
)
def test_start_response_must_be_called_once(calls: int, sentence: str, exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        for _ in range(calls):
            start_response("200 OK", TEXT)
        return [b"x"]

    answer = exchange(as_asgi_app(app))
    assert answer.status == 500
    assert sentence in answer.text


class Body:
    """A body that counts how often it is closed."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts, self.closed = parts, 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        self.closed += 1


def returns(body: Body) -> Any:
    def app(environ: Environ, start_response: StartResponse) -> Body:
        start_response("200 OK", TEXT)
        return body

    return checked(app)


def test_body_is_closed(exchange: Exchange) -> None:
    body = Body([b"a", b"b"])
    assert exchange(returns(body)).text == "ab"
    assert body.closed == 1


def test_failing_body_is_closed(exchange: Exchange) -> None:
    def fails() -> Iterator[bytes]:
        yield b"a"
        raise ValueError("no")

    body = Body(fails())
    assert exchange(returns(body)).abort is not None
    assert body.closed == 1


async def test_disconnect_ends_an_endless_body() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"

    body = Body(endless())
    started = asyncio.Event()

    def post(message: FromKernel) -> None:
        if isinstance(message, Response):
            started.set()

    request = Request("1", "w", 0, "GET", "https://example.org/asgi/app/", b"", False)
    connection = BrowserHttpConnection(request, post, "/asgi/app")
    task = asyncio.create_task(run_app(returns(body), connection))
    await started.wait()
    assert not task.done()  # but other tasks can run
    connection.deliver(Cancel("1"))
    await task
    assert body.closed == 1


def test_exception_becomes_a_500(exchange: Exchange) -> None:
    def fails(environ: Environ, start_response: StartResponse) -> list[bytes]:
        raise ValueError("no")

    answer = exchange(checked(fails))
    assert answer.status == 500
    assert "ValueError: no" in answer.text


async def test_lifespan_is_refused() -> None:
    with pytest.raises(ValueError, match="A WSGI app does not support 'lifespan'"):
        await as_asgi_app(echo)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
