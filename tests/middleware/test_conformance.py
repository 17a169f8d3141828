from __future__ import annotations

from pathlib import Path

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


LONGER, SHORTER = (f"Response content {how} than Content-Length." for how in ("longer", "shorter"))


def start(length: bytes, status: int = 200) -> Message:
    return {**START, "status": status, "headers": [(b"Content-Length", length)]}


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([b"12345"], ""),
        ([b"123", b"", b"45"], ""),
        ([b"12345", b""], ""),
        ([memoryview(b"12345")], ""),
        ([b"123456"], LONGER),
        ([b"123", b"456"], LONGER),
        ([b"12345", b"6"], LONGER),
        ([b"1234"], SHORTER),
        ([b"12", b"34"], SHORTER),
        ([b""], SHORTER),
    ],
)
async def test_content_length_is_that_of_the_body(parts: list[bytes], sentence: str) -> None:
    messages = [body(part, more=index < len(parts)) for index, part in enumerate(parts, 1)]
    call = AppCall(check(sends(start(b"5"), *messages)), http())
    if not sentence:
        assert len(await call.all()) == 1 + len(parts)
        return
    with pytest.raises(MalformedResponse, match=sentence):
        await call.all()
    assert len(call.rest()) == len(parts)


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 205), ("GET", 304)]
)
async def test_response_without_content_may_have_the_length_of_another(
    method: str, status: int
) -> None:
    for content in (b"", b"hello"):
        app = check(sends(start(b"3", status), body(content)))
        assert len(await AppCall(app, http(method=method)).all()) == 2


@pytest.mark.parametrize(("length", "sentence"), [(b"5", ""), (b"4", LONGER), (b"6", SHORTER)])
async def test_content_length_is_that_of_the_file(
    length: bytes, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    message = {"type": "http.response.pathsend", "path": str(tmp_path / "file")}
    call = AppCall(check(sends(start(length), message)), http())
    if not sentence:
        assert (await call.all())[1] == message
        return
    with pytest.raises(MalformedResponse, match=sentence):
        await call.all()


@pytest.mark.parametrize("values", [[b"five"], [b"-5"], [b""], [b"+5"], [b"5", b"6"], [b"5, 5"]])
async def test_content_length_must_be_one_number(values: list[bytes]) -> None:
    headers = [(b"content-length", value) for value in values]
    call = AppCall(check(sends({**START, "headers": headers}, body())), http())
    with pytest.raises(MalformedResponse, match="'content-length' is invalid"):
        await call.all()
