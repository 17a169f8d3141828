from __future__ import annotations

import pytest

from jupyterlite_asgi.errors import ClientDisconnected, MalformedResponse
from jupyterlite_asgi.serving.middleware.conformance import check
from jupyterlite_asgi.types import Message, Receive, Scope, Send

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

TRAILERS: Message = {"type": "http.response.trailers", "headers": []}


@pytest.mark.parametrize(
    "messages",
    [
        [START, body()],
        [START, body(more=True), body(more=True), body()],
        [{**START, "trailers": True}, body(), {**TRAILERS, "more_trailers": True}, TRAILERS],
    ],
)
async def test_well_formed_response_passes(messages: list[Message]) -> None:
    sent = await AppCall(check(sends(*messages)), http()).all()
    assert [message["type"] for message in sent] == [message["type"] for message in messages]


@pytest.mark.parametrize(
    ("before", "message", "error"),
    [
        ([], body(), RuntimeError),
        ([START], START, RuntimeError),
        ([START, body()], body(), RuntimeError),
        ([START, body()], TRAILERS, RuntimeError),
        ([{**START, "trailers": True}, body(), TRAILERS], TRAILERS, RuntimeError),
        ([], {**START, "status": "200"}, TypeError),
        ([], {**START, "headers": [(b"a\n", b"b")]}, ValueError),
        ([START], {"type": "http.response.body", "body": "text"}, TypeError),
    ],
)
async def test_malformed_message_raises_and_is_not_sent(
    before: list[Message], message: Message, error: type[Exception]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(*before)(scope, receive, send)
        with pytest.raises(error):
            await send(message)

    call = AppCall(check(app), http())
    with pytest.raises(MalformedResponse) as raised:
        await call.all()
    assert isinstance(raised.value.fault, error)
    assert len(call.rest()) == len(before)


async def test_disconnect_is_not_a_fault_of_the_app() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(TypeError):
            await send({**START, "status": None})
        raise ClientDisconnected

    with pytest.raises(ClientDisconnected):
        await AppCall(check(app), http()).all()


@pytest.mark.parametrize("scope", [websocket(), LIFESPAN], ids=lambda scope: str(scope["type"]))
async def test_only_http_is_checked(scope: Scope) -> None:
    assert await passes_through(scope, check)
