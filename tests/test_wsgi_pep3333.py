"""The details of PEP 3333, between a WSGI app that the validator checks and the adapter."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from jupyterlite_asgi.serving.wsgi import BLOCK, as_asgi_app

if TYPE_CHECKING:
    from .support.exchange import Answer, Exchange

StartResponse = Callable[..., Callable[[bytes], object]]
Environ = dict[str, Any]
TEXT = [("Content-Type", "text/plain")]

#: A body of three lines, the last without an end, in parts that do not end with the lines.
LINES = [b"one\nt", b"wo\nthr", b"ee"]


def post(exchange: Exchange, app: Any) -> Answer:
    return exchange(as_asgi_app(validator(app)), method="POST", body=LINES)


@pytest.mark.parametrize(
    "read",
    [
        lambda body: body.read(99),
        lambda body: b"".join(iter(lambda: body.read(2), b"")),
        lambda body: b"".join(iter(body.readline, b"")),
        lambda body: b"".join(iter(lambda: body.readline(2), b"")),
        lambda body: b"|".join(body.readlines()).replace(b"|", b""),
        lambda body: b"".join([*body.readlines(1), *body.readlines()]),
        b"".join,
        lambda body: body.read(4) + body.readline() + next(iter(body)),
    ],
    ids=["read", "parts", "lines", "short lines", "readlines", "hint", "iteration", "mixed"],
)
def test_input(read: Callable[[Any], bytes], exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", TEXT)
        body = environ["wsgi.input"]
        return [environ["CONTENT_LENGTH"].encode(), b"|", read(body), b"|", body.read(9)]

    assert post(exchange, app).text == "13|one\ntwo\nthree|"


def test_input_of_a_request_without_a_body_is_empty(exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", TEXT)
        return [environ["wsgi.input"].read(9), environ.get("CONTENT_LENGTH", "none").encode()]

    assert exchange(as_asgi_app(validator(app))).text == "none"


def test_errors_go_to_the_log(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if ``sys.stderr`` is the Pyodide kernel's, which has no ``writelines``."""
    lines: list[str] = []
    stderr = SimpleNamespace(write=lines.append, flush=lambda: lines.append("flushed"))

    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        environ["wsgi.errors"].write("one\n")
        environ["wsgi.errors"].writelines(["two\n", "three\n"])
        environ["wsgi.errors"].flush()
        start_response("200 OK", TEXT)
        return [b""]

    monkeypatch.setattr(sys, "stderr", stderr)
    post(exchange, app)
    assert lines == ["one\n", "two\n", "three\n", "flushed"]


def test_environ_has_what_the_standard_requires(exchange: Exchange) -> None:
    got: Environ = {}

    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        got.update(environ)
        environ["mine"] = "is a dict of this request alone"
        start_response("200 OK", TEXT)
        return [b""]

    post(exchange, app)
    assert (got["wsgi.version"], got["wsgi.url_scheme"]) == ((1, 0), "https")
    assert (got["wsgi.multithread"], got["wsgi.multiprocess"], got["wsgi.run_once"]) == (
        False,
        False,
        False,
    )
    assert (got["REQUEST_METHOD"], got["SERVER_PROTOCOL"]) == ("POST", "HTTP/1.1")
    assert (got["asgi.scope"]["type"], got["wsgi.input_terminated"]) == ("http", True)
    post(exchange, app)
    assert "mine" not in got


def test_file_wrapper_sends_a_file_and_closes_it(exchange: Exchange, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(BLOCK + 1))
    file = path.open("rb")

    def app(environ: Environ, start_response: StartResponse) -> FileWrapper:
        start_response("200 OK", TEXT)
        wrapper: FileWrapper = environ["wsgi.file_wrapper"](file, 8192)
        return wrapper

    answer = post(exchange, app)
    assert [len(chunk) for chunk in answer.chunks if chunk] == [BLOCK, 1]
    assert file.closed


class Body:
    """A body whose parts, and whose end, may raise."""

    def __init__(self, *parts: bytes | Exception, on_close: Exception | None = None) -> None:
        self._parts, self._on_close = parts, on_close
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self) -> None:
        self.closed += 1
        if self._on_close is not None:
            raise self._on_close


class NoIterator(Body):
    def __iter__(self) -> Iterator[bytes]:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("body", "status", "abort"),
    [
        (Body(), 200, None),
        (Body(b""), 200, None),
        (Body(b"", b"a"), 200, None),
        (Body(ValueError("no")), 500, None),
        (Body(b"", ValueError("no")), 500, None),
        (Body(b"a", ValueError("no")), 200, "The app raised ValueError in the middle of its"),
        (Body(b"a", on_close=ValueError("no")), 200, None),
        (NoIterator(), 500, None),
    ],
    ids=["no part", "empty", "late", "raises", "raises late", "breaks off", "close", "iter"],
)
def test_body_is_closed_once(
    body: Body, status: int, abort: str | None, exchange: Exchange
) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Body:
        start_response("200 OK", TEXT)
        return body

    answer = exchange(as_asgi_app(app))
    assert (answer.status, body.closed) == (status, 1)
    assert abort is None or (answer.abort or "").startswith(abort)


def test_exception_after_write_is_raised_again(exchange: Exchange) -> None:
    """The head counts as sent once ``write`` has been called."""

    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        write = start_response("200 OK", TEXT)
        write(b"part")
        start_response("500 Sorry", TEXT, (LookupError, LookupError("lost"), None))
        raise AssertionError("start_response must raise")

    answer = post(exchange, app)
    assert (answer.status, "LookupError: lost" in answer.text) == (500, True)


def test_write_while_the_body_is_sent(exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        write = start_response("200 OK", TEXT)
        yield b"a"
        write(b"b")
        yield b"c"
        write(b"d")

    assert post(exchange, app).text == "abcd"


def test_headers_are_those_of_the_last_call(exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [*TEXT, ("X-Mood", "good")])
        start_response("404 Lost", TEXT, (LookupError, LookupError(), None))
        return [b"lost"]

    answer = post(exchange, app)
    assert (answer.status, answer.head.reason, answer.text) == (404, "Lost", "lost")
    assert answer.headers == {b"content-type": b"text/plain"}


def test_repeated_headers_are_kept(exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [*TEXT, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=\xe9")])
        return [b""]

    assert post(exchange, app).head.headers.count(b"Set-Cookie\n") == 2


def test_app_that_returns_none_is_told_so(exchange: Exchange) -> None:
    def app(environ: Environ, start_response: StartResponse) -> None:
        start_response("200 OK", TEXT)

    answer = exchange(as_asgi_app(app))  # type: ignore[arg-type]
    assert answer.status == 500
    assert "The app returned None instead of a body, an iterable of bytes." in answer.text
