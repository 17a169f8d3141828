"""``server.client``: responses, errors and its lifetime."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import Any

import httpx
import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.echo import Echo, answer
from .support.fake_host import FakeHost


async def test_requests_see_the_state_of_the_lifespan(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            return await answer(send, scope["state"]["stock"])
        await receive()
        scope["state"]["stock"] = b"apples"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})

    server = await host.serve(app)
    assert (await server.client.get("/")).text == "apples"
    await server.stop()


async def test_exception_becomes_the_same_500_as_for_a_page(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("apples")

    server = await host.serve(app)
    response = await server.client.get("/")
    assert response.status_code == 500
    assert response.text.startswith("KeyError: 'apples'\nGET /demo/asgi/app/ failed")
    response = await server.client.get("/", headers={"accept": "application/json"})
    assert response.json()["error"] == "KeyError: 'apples'"
    assert list(server.log)[-1] == "KeyError: 'apples'"


async def test_stream_that_breaks_off_says_why(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise KeyError("apples")

    server = await host.serve(app)
    with pytest.raises(httpx.RemoteProtocolError) as caught:
        await server.client.get("/")
    assert str(caught.value) == "The app raised KeyError in the middle of its response."


async def test_malformed_response_is_a_bad_gateway(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.body"})

    server = await host.serve(app)
    assert (await server.client.get("/")).status_code == 502


async def test_head_has_no_body(host: FakeHost) -> None:
    server = await host.serve(Echo((b"content-length", b"4")))
    response = await server.client.head("/")
    assert (response.headers["content-length"], response.content) == ("4", b"")


async def test_line_break_in_a_header_is_refused(host: FakeHost) -> None:
    server = await host.serve(Echo())
    with pytest.raises(httpx.LocalProtocolError) as caught:
        await server.client.get("/", headers={"x-test": "a\nb"})
    assert str(caught.value) == "A request header contains a line break."


async def test_client_is_kept_when_the_app_is_replaced(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            starting.set()
            await go_on.wait()
        await says("new")(scope, receive, send)

    starting, go_on = asyncio.Event(), asyncio.Event()
    old = await host.serve(says("old"))
    client = old.client
    client.cookies["who"] = "ada"
    assert (await client.get("/")).text == "old"
    serving = asyncio.ensure_future(host.serve(app))
    await starting.wait()
    asking = asyncio.ensure_future(client.get("/"))
    go_on.set()
    assert (await asking).text == "new"
    assert (await serving).client is old.client is client


async def test_app_that_failed_to_start_answers_with_its_exception(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed"})
        raise KeyError("apples")

    server = await host.serve(says("old"))
    with pytest.raises(KeyError):
        await host.serve(app)
    response = await server.client.get("/")
    assert (response.status_code, response.text[:18]) == (500, "KeyError: 'apples'")


async def stop(host: FakeHost, server: Server) -> None:
    await server.stop()


async def take(host: FakeHost, server: Server) -> None:
    host.take(server.name)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (stop, "was stopped: serve it again and use the new server's client."),
        (
            take,
            "was taken over by another notebook: serve it here again with `--replace`.",
        ),
    ],
)
async def test_client_of_a_stopped_app_says_so(end: Any, sentence: str, host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    await end(host, server)
    await host.has("stopped" if end is stop else "taken")
    with pytest.raises(httpx.ConnectError) as caught:
        await server.client.get("/")
    assert isinstance(caught.value, ServeError)
    assert str(caught.value) == f"The app 'app' {sentence}"


async def test_app_can_send_requests_to_itself(host: FakeHost) -> None:
    user = contextvars.ContextVar("user", default="nobody")
    served: list[Server] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if scope["path"].endswith("/inner"):
            return await answer(send, user.get().encode())
        user.set("ada")
        inner = await served[0].client.get("/inner")
        return await answer(send, b"inner says " + inner.content)

    served.append(await host.serve(app))
    assert (await served[0].client.get("/")).text == "inner says nobody"


async def test_request_is_part_of_the_work_that_sends_it(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        works.append(preemption.current.get()[0])
        await answer(send, b"")

    works: list[preemption.Work] = []
    server, cell = await host.serve(app), preemption.Work()
    with preemption.part_of(cell):
        await server.client.get("/")
    assert works == [cell]


async def test_concurrent_requests(host: FakeHost) -> None:
    client = (await host.serve(says("hello"))).client
    answers = await asyncio.gather(*(client.get(f"/{number}") for number in range(50)))
    assert {answer.text for answer in answers} == {"hello"}


async def test_closed_client_is_recreated(host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    async with server.client as client:
        assert (await client.get("/")).text == "hello"
    assert (await server.client.get("/")).text == "hello"


async def test_error_without_httpx_says_what_to_install(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("httpx", "httpx2"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "jupyterlite_asgi.client", raising=False)
    server = await host.serve(says("hello"))
    with pytest.raises(ServeError) as caught:
        _ = server.client
    assert str(caught.value) == (
        "`server.client` needs httpx: run `%pip install httpx`, then try again."
    )
    monkeypatch.setitem(sys.modules, "httpx2", httpx)  # its successor works as well
    assert (await server.client.get("/")).text == "hello"
