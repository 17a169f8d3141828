"""``server.client``: streaming in both directions, and disconnects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from jupyterlite_asgi.hosts import http
from jupyterlite_asgi.hosts.http import CHUNK, WINDOW
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.echo import Echo, answer
from .support.fake_host import FakeHost


class WaitingForDisconnect:
    """An app that handles a request until the client disconnects."""

    def __init__(self, *, streams: bool = False) -> None:
        self.streams = streams
        self.reached, self.disconnected = asyncio.Event(), asyncio.Event()
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if self.streams:
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await receive()
        self.reached.set()
        assert (await receive())["type"] == "http.disconnect"
        self.disconnected.set()


async def test_response_is_read_as_it_is_sent(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"two"})

    go_on = asyncio.Event()
    server = await host.serve(app)
    async with server.client.stream("GET", "/") as response:
        chunks = response.aiter_bytes()
        assert await anext(chunks) == b"one"
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"two"]


async def test_app_is_at_most_one_window_ahead_of_the_client(host: FakeHost) -> None:
    parts, sent = 40, 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        for _ in range(parts):
            await send({"type": "http.response.body", "body": bytes(CHUNK), "more_body": True})
            sent += CHUNK
        await send({"type": "http.response.body"})

    server = await host.serve(app)
    async with server.client.stream("GET", "/") as response:
        assert sent == WINDOW
        assert len(await response.aread()) == parts * CHUNK


async def test_upload_is_received_as_it_is_sent(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        assert await receive() == {"type": "http.request", "body": b"one", "more_body": True}
        go_on.set()
        assert await receive() == {"type": "http.request", "body": b"two", "more_body": True}
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        await answer(send, b"thanks")

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        await go_on.wait()
        yield b"two"

    go_on = asyncio.Event()
    server = await host.serve(app)
    assert (await server.client.post("/", content=parts())).text == "thanks"


async def test_client_is_at_most_one_window_ahead_of_the_app(host: FakeHost) -> None:
    given, full = 0, asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await full.wait()
        await answer(send, b"no, thanks")

    async def parts() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(40):
            given += CHUNK
            if given > WINDOW:
                full.set()
            yield bytes(CHUNK)

    server = await host.serve(app)
    assert (await server.client.post("/", content=parts())).text == "no, thanks"
    assert given == WINDOW + CHUNK  # the last one waits


async def test_large_body_arrives_complete(host: FakeHost) -> None:
    app = Echo()
    server = await host.serve(app)
    body = bytes(range(256)) * 20_000
    await server.client.put("/", content=body)
    assert b"".join(app.parts) == body
    assert max(map(len, app.parts)) == CHUNK
    assert app.seen[b"content-length"] == str(len(body)).encode()


async def test_unread_upload_ends_with_the_response(host: FakeHost) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    ended = asyncio.Event()
    server = await host.serve(says("no, thanks"))
    assert (await server.client.post("/", content=parts())).text == "no, thanks"
    await ended.wait()


async def test_exception_of_an_upload_reaches_the_caller(host: FakeHost) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        await app.reached.wait()
        raise ValueError("no more")

    app = ReadingOnePart()
    server = await host.serve(app)
    with pytest.raises(ValueError, match="no more"):
        await server.client.post("/", content=parts())


class ReadingOnePart:
    """An app that reads one part of the body and waits for the next."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await receive()
        self.reached.set()
        await receive()


async def test_app_may_keep_running_after_its_response(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "NOTICE", 0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await answer(send, b"hello")
        await go_on.wait()
        done.set()

    go_on, done = asyncio.Event(), asyncio.Event()
    server = await host.serve(app)
    assert (await server.client.get("/")).text == "hello"
    asyncio.get_running_loop().call_later(0.01, go_on.set)  # later than a disconnect cancels it
    await done.wait()


async def test_leaving_a_stream_disconnects(host: FakeHost) -> None:
    app = WaitingForDisconnect(streams=True)
    server = await host.serve(app)
    async with server.client.stream("GET", "/") as response:
        assert response.status_code == 200
    await app.disconnected.wait()


async def test_cancelling_a_request_disconnects(host: FakeHost) -> None:
    app = WaitingForDisconnect()
    server = await host.serve(app)
    task = asyncio.ensure_future(server.client.get("/"))
    await app.reached.wait()
    task.cancel()
    await app.disconnected.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_timeout_of_the_client_disconnects(host: FakeHost) -> None:
    app = WaitingForDisconnect()
    server = await host.serve(app)
    with pytest.raises(httpx.ReadTimeout) as caught:
        await server.client.get("/", timeout=0.01)
    assert str(caught.value) == (
        "The app sent nothing within this request's timeout of 0.01 seconds."
    )
    await app.disconnected.wait()


async def test_timeout_of_the_server_applies(host: FakeHost) -> None:
    server = await host.serve(WaitingForDisconnect(), timeout=0.01)
    assert server.client.timeout == httpx.Timeout(None)
    response = await server.client.get("/")
    assert response.status_code == 504
    assert response.text.startswith("The app did not respond within 0.01 seconds")
