from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from jupyterlite_asgi.hosts.browser.protocol import Abort, Cancel, Response, ResponseBody
from jupyterlite_asgi.serving.middleware import requests as requests_module
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.fake_host import FakeHost


class Slow:
    """An app whose requests are in flight until the test says how they end."""

    def __init__(self, *, streams: bool = False) -> None:
        self.streams = streams
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self.told = asyncio.Event()
        self.log: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if self.streams:
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await receive()
        self.reached.set()
        try:
            self.log.append(str((await receive())["type"]))
            self.told.set()
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise


async def test_request_in_flight_is_told_of_the_stop_and_may_end(host: FakeHost) -> None:
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    stopping = asyncio.create_task(server.stop())
    await app.told.wait()
    app.go_on.set()
    await stopping
    assert app.log == ["http.disconnect"]


async def test_request_in_flight_that_does_not_end_is_cancelled(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_module, "GRACE", 0.01)
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    await server.stop()
    assert app.log == ["http.disconnect", "cancelled"]


@pytest.mark.parametrize("ends_by_itself", [False, True])
async def test_reader_of_a_request_that_the_stop_ends_is_told(
    ends_by_itself: bool, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_module, "GRACE", 0.01)
    app = Slow()
    if ends_by_itself:
        app.go_on.set()

    server = await host.serve(app)
    client = host.request("app")
    await app.reached.wait()
    await server.stop()
    assert isinstance(client.posted.get_nowait(), Response)
    assert client.posted.empty()


async def test_request_that_comes_while_the_app_stops_is_refused(host: FakeHost) -> None:
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    stopping = asyncio.create_task(server.stop())
    await app.told.wait()
    assert "The app 'app' is being stopped" in await host.request("app").text()
    app.go_on.set()
    await stopping


async def test_stream_in_flight_is_cut_at_once(host: FakeHost) -> None:
    app = Slow(streams=True)

    server = await host.serve(app)
    client = host.request("app")
    assert await client.text() == "one"
    await app.reached.wait()
    await server.stop()
    assert app.log == ["cancelled"]
    assert isinstance(client.posted.get_nowait(), Abort)


async def test_further_messages_reach_the_request(host: FakeHost) -> None:
    app = Slow(streams=True)

    await host.serve(app)
    client = host.request("app")
    assert await client.text() == "one"
    await app.reached.wait()
    assert client.deliver is not None
    client.deliver(Cancel("1"))
    await app.told.wait()
    assert app.log == ["http.disconnect"]


async def test_requests_are_answered_side_by_side(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await barrier.wait()
        await says("together")(scope, receive, send)

    barrier = asyncio.Event()
    await host.serve(app)
    first, second = host.request("app"), host.request("app")
    barrier.set()
    assert [await first.text(), await second.text()] == ["together", "together"]


async def test_stream_that_waits_for_what_only_it_knows_is_not_collected(host: FakeHost) -> None:
    waited_for: list[weakref.ref[asyncio.Future[bytes]]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        future = asyncio.get_running_loop().create_future()
        waited_for.append(weakref.ref(future))
        body = await future
        await send({"type": "http.response.body", "body": body})

    await host.serve(app, timeout=0.01)
    client = host.request("app")
    client.deliver = None  # which knows the task, as does the deadline until it is over
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, over.set)
    assert await client.text() == "one"
    await over.wait()
    gc.collect()
    future = waited_for[0]()
    assert future is not None
    future.set_result(b"two")
    assert await client.next() == ResponseBody("1", b"two", False)


async def test_request_that_has_just_arrived_is_answered_though_its_app_is_replaced(
    host: FakeHost,
) -> None:
    await host.serve(says("old"))
    client = host.request("app")
    await host.serve(says("new"))
    assert await client.text() == "old"
