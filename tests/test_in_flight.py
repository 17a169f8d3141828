from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.hosts.browser.protocol import Abort, Cancel, Response, ResponseBody
from jupyterlite_asgi.serving.middleware import requests as requests_module
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from .support.apps import says
from .support.cell import Cell
from .support.fake_host import FakeHost
from .support.recorder import Recorder
from .support.virtual_time import after


class Slow:
    """An app whose requests stay in flight until the test lets them finish."""

    def __init__(self, *, streams: bool = False) -> None:
        self.streams = streams
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self.disconnected = asyncio.Event()
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
            self.disconnected.set()
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise


async def test_stop_disconnects_requests_in_flight_and_lets_them_finish(host: FakeHost) -> None:
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    stopping = asyncio.create_task(server.stop())
    await app.disconnected.wait()
    app.go_on.set()
    await stopping
    assert app.log == ["http.disconnect"]


async def test_request_that_ignores_the_disconnect_is_cancelled(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_module, "GRACE", 0.01)
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    await server.stop()
    assert app.log == ["http.disconnect", "cancelled"]


@pytest.mark.virtual_time
@pytest.mark.parametrize(("more", "done"), [(-1, ["begin", "end"]), (1, ["begin"])])
async def test_background_task_of_a_complete_response_has_longer(
    more: float, done: list[str], host: FakeHost
) -> None:
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await says("queued")(scope, receive, send)
        if scope["type"] == "http":
            log.append("begin")
            await after(requests_module.BACKGROUND + more)
            log.append("end")

    server = await host.serve(app)
    assert await host.request("app").text() == "queued"
    await server.stop()
    assert log == done


@pytest.mark.parametrize("ends_by_itself", [False, True])
async def test_request_ended_by_the_stop_gets_a_response(
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


async def test_request_that_arrives_during_the_stop_is_refused(host: FakeHost) -> None:
    app = Slow()

    server = await host.serve(app)
    host.request("app")
    await app.reached.wait()
    stopping = asyncio.create_task(server.stop())
    await app.disconnected.wait()
    assert "The app 'app' is being stopped" in await host.request("app").text()
    app.go_on.set()
    await stopping


async def test_stream_in_flight_is_cut_off_at_once(host: FakeHost) -> None:
    app = Slow(streams=True)

    server = await host.serve(app)
    client = host.request("app")
    assert await client.text() == "one"
    await app.reached.wait()
    await server.stop()
    assert app.log == ["cancelled"]
    assert isinstance(client.posted.get_nowait(), Abort)


async def test_later_messages_reach_the_request(host: FakeHost) -> None:
    app = Slow(streams=True)

    await host.serve(app)
    client = host.request("app")
    assert await client.text() == "one"
    await app.reached.wait()
    assert client.deliver is not None
    client.deliver(Cancel("1"))
    await app.disconnected.wait()
    assert app.log == ["http.disconnect"]


async def test_requests_are_handled_concurrently(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await barrier.wait()
        await says("together")(scope, receive, send)

    barrier = asyncio.Event()
    await host.serve(app)
    first, second = host.request("app"), host.request("app")
    barrier.set()
    assert [await first.text(), await second.text()] == ["together", "together"]


async def test_waiting_stream_is_not_garbage_collected(host: FakeHost) -> None:
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
    client.deliver = None  # it refers to the task, as does the deadline until it has passed
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, over.set)
    assert await client.text() == "one"
    await over.wait()
    gc.collect()
    future = waited_for[0]()
    assert future is not None
    future.set_result(b"two")
    assert await client.next() == ResponseBody("1", b"two", False)


async def test_request_that_has_just_arrived_is_answered_by_the_replaced_app(
    host: FakeHost,
) -> None:
    await host.serve(says("old"))
    client = host.request("app")
    await host.serve(says("new"))
    assert await client.text() == "old"


def joined(lifespan: ASGIApp, http: ASGIApp) -> ASGIApp:
    """An app of two."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (lifespan if scope["type"] == "lifespan" else http)(scope, receive, send)

    return app


async def test_interrupted_replacement_ends_the_old_app_and_its_requests_at_once(
    host: FakeHost,
) -> None:
    log: list[str] = []
    slow, lifespan = Slow(), Recorder("old", log)
    server = await host.serve(joined(lifespan, slow))
    client = host.request("app")
    await slow.reached.wait()
    cell = Cell(host.serve(says("new")))
    await slow.disconnected.wait()
    preemption.interrupt()
    with pytest.raises(ServeError, match=r"^Serving this app was interrupted: run its cell again."):
        await cell.task
    assert slow.log == ["http.disconnect", "cancelled"]
    answer = await client.next()
    assert isinstance(answer, Response)
    assert answer.status == 503
    assert b"The app was stopped before it responded." in answer.chunk
    assert (server.state, log[-1]) == ("replaced", "old stops")
    assert "interrupted: run its cell again" in await host.request("app").text()
    await host.serve(says("newer"))
    assert await host.request("app").text() == "newer"


async def test_interrupt_is_heard_although_the_old_app_fails_to_stop(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    slow, lifespan = Slow(), Recorder("old", [])
    lifespan.fails_to_stop = True
    await host.serve(joined(lifespan, slow))
    host.request("app")
    await slow.reached.wait()
    cell = Cell(host.serve(says("new")))
    await slow.disconnected.wait()
    preemption.interrupt()
    with pytest.raises(ServeError, match=r"^Serving this app was interrupted"):
        await cell.task
    assert "disk is full" in capsys.readouterr().err
