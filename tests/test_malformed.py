"""Malformed responses: 502 for the client, one sentence in the log for the author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlite_asgi.types import Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

START: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": []}
BODY: dict[str, Any] = {"type": "http.response.body", "body": b"hello"}

MALFORMED: list[tuple[list[dict[str, Any]], str]] = [
    ([START | {"status": 999}], "Expected a status from 200 to 599, but got 999."),
    ([START | {"status": 100}], "Expected a status from 200 to 599, but got 100."),
    ([START | {"status": "200"}], "Expected the status as an int, but got '200'."),
    (
        [START | {"headers": [(b"x-a", b"1\nx-b: 2")]}],
        "The response header b'x-a' with the value b'1\\nx-b: 2' is invalid.",
    ),
    (
        [START | {"headers": [(b"x a", b"1")]}],
        "The response header b'x a' with the value b'1' is invalid.",
    ),
    (
        [START | {"headers": [(b"x-a", b"\0")]}],
        "The response header b'x-a' with the value b'\\x00' is invalid.",
    ),
    (
        [START | {"headers": [("x-a", b"1")]}],
        "Expected header names and values as bytes, but got str ('x-a').",
    ),
    ([START, {"type": "http.response.body", "body": "hello"}], "Expected the body as bytes, but"),
    ([BODY], "Expected ASGI message 'http.response.start', but got 'http.response.body'."),
    ([START, START], "Expected ASGI message 'http.response.body', but got 'http.response.start'."),
]


@pytest.mark.parametrize(("messages", "sentence"), MALFORMED)
@pytest.mark.parametrize("caught", [True, False])
def test_malformed_response_is_502_and_a_sentence_in_the_log(
    messages: list[dict[str, Any]],
    sentence: str,
    caught: bool,
    exchange: Exchange,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            for message in messages:
                await send(message)
        except (RuntimeError, TypeError, ValueError):
            if not caught:
                raise

    answer = exchange(app, headers=[(b"accept", b"text/html")])
    assert answer.status == 502
    assert "<h1>The app sent a malformed response</h1>" in answer.text
    logged = capsys.readouterr().err
    assert sentence in logged
    assert "GET /demo/asgi/app/ got a malformed response" in logged
    assert logged.count("\n") == 1


def test_body_after_the_end_is_only_logged(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in (START, BODY, BODY):
            await send(message)

    answer = exchange(app)
    assert (answer.status, answer.text) == (200, "hello")
    assert capsys.readouterr().err == (
        "GET /demo/asgi/app/ got a malformed response: Unexpected ASGI message "
        "'http.response.body' sent, after the response was complete.\n"
    )


def test_app_can_correct_its_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(ValueError, match="999"):
            await send(START | {"status": 999})
        await send(START)
        await send(BODY)

    assert exchange(app).text == "hello"


def test_malformed_message_in_mid_stream_aborts_the_response(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(BODY | {"more_body": True})
        await send(BODY | {"body": "text"})

    answer = exchange(app)
    assert answer.text == "hello"
    assert "Expected the body as bytes, but got str" in (answer.abort or "")
