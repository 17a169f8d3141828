"""A name is served again: the old app stops, and the new one takes over its requests."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from jupyterlite_asgi.notebook.serve import servers
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.fake_host import SITE, FakeHost
from .support.recorder import Recorder


async def test_old_app_stops_before_the_new_one_starts(host: FakeHost) -> None:
    log: list[str] = []

    old = await host.serve(Recorder("old", log))
    new = await host.serve(Recorder("new", log))
    assert (old.state, new.state) == ("replaced", "running")
    assert servers() == [new]
    assert await host.request("app").text() == "new"
    await new.stop()
    assert log[1:] == [
        *("old is ready", "old stops"),
        *("new starts", "new is ready", "new answers", "new stops"),
    ]
    assert host.happened == ["starting", "served", "starting", "served", "stopped"]


async def test_request_during_a_replacement_is_answered_by_the_new_app(host: FakeHost) -> None:
    log: list[str] = []

    old, new = Recorder("old", log), Recorder("new", log)
    await host.serve(old)
    new.may_start.clear()
    replacing = asyncio.create_task(host.serve(new))
    await new.starting.wait()
    client = host.request("app")
    new.may_start.set()
    assert await client.text() == "new"
    await replacing
    assert log[-3:] == ["new starts", "new is ready", "new answers"]


async def test_app_gets_another_name_if_its_own_turns_out_to_be_lost(host: FakeHost) -> None:
    log: list[str] = []
    old = await host.serve(Recorder("old", log))
    del host.endpoints["app"]
    host.elsewhere.add("app")
    new = await host.serve(says("new"))
    assert (old.state, log[-1], new.name) == ("replaced", "old stops", "app-2")
    assert (servers(), old.url) == ([new], f"{SITE}asgi/app/")
    assert await host.request("app-2").text() == "new"


async def test_old_app_that_fails_to_stop_is_replaced_anyway(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Recorder("old", [])
    old.fails_to_stop = True
    await host.serve(old)
    await host.serve(says("new"))
    assert await host.request("app").text() == "new"
    errors = capsys.readouterr().err
    assert "The replaced app 'app' failed to shut down:" in errors
    assert "ValueError: disk is full" in errors


async def test_same_object_can_be_served_again(host: FakeHost) -> None:
    log: list[str] = []

    app = Recorder("app", log)
    await host.serve(app)
    await host.serve(app)
    assert await host.request("app").text() == "app"
    await servers()[0].stop()
    assert log[2:] == ["app stops", "app starts", "app is ready", "app answers", "app stops"]


async def test_endpoint_gets_the_timeout_of_each_run(host: FakeHost) -> None:
    await host.serve(says("old"), timeout=5)
    assert host.endpoints["app"].options.timeout == 5
    await host.serve(says("new"), timeout=0.5)
    assert host.endpoints["app"].options.timeout == 0.5


async def test_concurrent_calls_are_serialized(host: FakeHost) -> None:
    log: list[str] = []

    first, second = Recorder("a", log), Recorder("b", log)
    first.may_start.clear()
    serving = asyncio.gather(host.serve(first), host.serve(second))
    await first.starting.wait()
    first.may_start.set()
    assert [server.state for server in await serving] == ["replaced", "running"]
    assert log[:5] == ["a starts", "a is ready", "a stops", "b starts", "b is ready"]


@pytest.mark.parametrize("lifespan", [True, False])
async def test_replaced_app_is_freed_without_the_garbage_collector(
    lifespan: bool, host: FakeHost
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert lifespan
        for _ in range(2):
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})

    gc.disable()
    try:
        old = weakref.ref((await host.serve(app))._runner)
        await host.serve(app)
        assert old() is None
    finally:
        gc.enable()
