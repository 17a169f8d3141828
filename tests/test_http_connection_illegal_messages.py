"""Messages that an app must not send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

from .support.connection import START, hello


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
def test_message_out_of_order_raises(
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
        with pytest.raises(ValueError, match="The response header b'location'"):
            await send({"type": "http.response.start", "status": 302, "headers": headers})
        await hello(scope, receive, send)

    assert exchange(app).text == "hello"
