"""``server.stop()``: the app shuts down, and its name is free."""

from __future__ import annotations

import asyncio

import pytest

from jupyterlite_asgi.notebook.serve import servers
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.fake_host import FakeHost
from .support.recorder import Recorder


async def test_stop_frees_the_name(host: FakeHost) -> None:
    log: list[str] = []

    server = await host.serve(Recorder("app", log))
    await server.stop()
    assert server.state == "stopped"
    assert servers() == []
    assert host.endpoints == {}
    assert host.happened == ["starting", "served", "stopped"]
    assert (await host.serve(says("hello"))).name == "app"
    assert log == ["app starts", "app is ready", "app stops"]


async def test_stopped_event_is_sent_once_the_name_is_free(host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    stopping = asyncio.ensure_future(server.stop())
    await host.has("stopped")
    assert host.endpoints == {}
    await stopping


async def test_stopped_event_is_sent_even_if_the_stop_is_interrupted(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = asyncio.Event()

    async def close() -> None:
        host.endpoints.clear()
        closing.set()
        await asyncio.Event().wait()

    server = await host.serve(says("hello"))
    monkeypatch.setattr(host.endpoints["app"], "close", close)
    stopping = asyncio.ensure_future(server.stop())
    await closing.wait()
    stopping.cancel()
    await asyncio.wait([stopping])
    assert host.happened == ["starting", "served", "stopped"]


async def test_second_stop_does_nothing(host: FakeHost) -> None:
    log: list[str] = []

    server = await host.serve(Recorder("app", log))
    await asyncio.gather(server.stop(), server.stop())
    await server.stop()
    assert log == ["app starts", "app is ready", "app stops"]


async def test_stopping_a_replaced_server_does_nothing(host: FakeHost) -> None:
    old = await host.serve(says("old"))
    new = await host.serve(says("new"))
    await old.stop()
    assert (old.state, new.state) == ("replaced", "running")
    assert await host.request("app").text() == "new"


async def test_stopping_a_server_whose_name_was_taken_does_nothing(host: FakeHost) -> None:
    old = await host.serve(says("old"))
    host.take("app")
    await old.stop()
    assert (old.state, host.elsewhere) == ("taken", {"app"})


async def test_stopping_a_server_whose_name_was_won_back_does_nothing(host: FakeHost) -> None:
    old = await host.serve(says("old"))
    host.take("app")
    new = await host.serve(says("new"), replace=True)
    await old.stop()
    assert (old.state, new.state) == ("taken", "running")
    assert await host.request("app").text() == "new"


async def test_app_that_fails_to_stop_is_stopped_anyway(host: FakeHost) -> None:
    app = Recorder("app", [])
    app.fails_to_stop = True
    server = await host.serve(app)
    with pytest.raises(ValueError, match="disk is full"):
        await server.stop()
    assert (server.state, servers()) == ("stopped", [])
    assert host.happened == ["starting", "served", "stopped"]


async def test_app_may_stop_itself(host: FakeHost) -> None:
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await servers()[0].stop()
            await says("stopped")(scope, receive, send)
        else:
            await Recorder("app", log)(scope, receive, send)

    await host.serve(app)
    assert await host.request("app").text() == "stopped"
    assert log[-1] == "app stops"
