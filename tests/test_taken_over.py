"""Two notebooks and one name: the kernel that loses it to ``--replace`` in the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyterlite_asgi.hosts.browser.protocol import Abort, Response
from jupyterlite_asgi.notebook import serve as notebook
from jupyterlite_asgi.notebook.serve import servers
from jupyterlite_asgi.serving.middleware import requests
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.connection import START
from .support.fake_host import FakeHost
from .support.memory_host import MemoryEndpoint
from .support.shop import Shop


async def test_taken_app_is_shut_down_and_forgotten(host: FakeHost) -> None:
    shop = Shop()

    server = await host.serve(shop)
    host.take("app")
    assert servers() == []
    await shop.stopped.wait()
    assert (server.state, shop.log) == ("taken", ["stops"])
    assert host.happened == ["starting", "served", "taken"]


async def test_request_in_flight_may_finish_when_the_name_is_taken(host: FakeHost) -> None:
    shop = Shop()

    await host.serve(shop)
    client = host.request("app")
    await shop.reached.wait()
    host.take("app")
    assert await client.text() == "sold out"
    await shop.stopped.wait()
    assert shop.log == ["http.disconnect", "stops"]


async def test_taken_event_is_sent_before_requests_in_flight_finish(host: FakeHost) -> None:
    shop = Shop()

    await host.serve(shop)
    host.request("app")
    await shop.reached.wait()
    host.take("app")
    await shop.disconnected.wait()
    assert host.happened == ["starting", "served", "taken"]
    assert not shop.stopped.is_set()
    await shop.stopped.wait()


async def test_request_that_does_not_finish_is_answered_when_the_name_is_taken(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(requests, "GRACE", 0.01)
    reached = asyncio.Event()
    await host.serve(app)
    client = host.request("app")
    await reached.wait()
    host.take("app")
    assert "The app was stopped before it responded." in await client.text()


async def test_stream_in_flight_is_cut_off_when_the_name_is_taken(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.Event().wait()

    await host.serve(app)
    client = host.request("app")
    assert isinstance(await client.next(), Response)
    host.take("app")
    assert isinstance(await client.next(), Abort)


async def test_taken_app_that_fails_to_stop_is_reported(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop()
    shop.fails_to_stop = True

    await host.serve(shop)
    host.take("app")
    errors = ""
    while "ValueError: disk is full" not in errors:
        await asyncio.sleep(0)
        errors += capsys.readouterr().err
    assert "The taken app 'app' failed to shut down:" in errors


async def lose_during_startup(host: FakeHost, shop: Shop) -> Server:
    """Serve the app, take its name before it has started, and wait until it is shut down."""
    shop.may_start.clear()
    serving = asyncio.create_task(host.serve(shop))
    await shop.starting.wait()
    host.take("app")
    shop.may_start.set()
    server = await serving
    await shop.stopped.wait()
    return server


async def test_app_that_loses_its_name_during_startup_is_shut_down(host: FakeHost) -> None:
    shop = Shop()
    server = await lose_during_startup(host, shop)
    assert (server.state, shop.log, servers()) == ("taken", ["stops"], [])
    assert host.happened == ["starting", "taken"]


async def test_rerun_that_loses_its_name_during_startup_sends_the_taken_event(
    host: FakeHost,
) -> None:
    shop = Shop()
    await host.serve(says("hello"))
    server = await lose_during_startup(host, shop)
    assert (server.state, servers()) == ("taken", [])
    assert host.happened == ["starting", "served", "starting", "taken"]


async def test_app_that_loses_its_name_at_once_is_shut_down(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop()
    mount = host.mount

    async def mount_and_lose(name: str, *args: Any, **options: Any) -> MemoryEndpoint | None:
        endpoint = await mount(name, *args, **options)
        host.take(name)
        return endpoint

    monkeypatch.setattr(host, "mount", mount_and_lose)
    server = await host.serve(shop)
    await shop.stopped.wait()
    assert (server.state, shop.log, servers()) == ("taken", ["stops"], [])
    assert host.happened == []


async def test_app_that_loses_its_name_during_the_stop_is_stopped(host: FakeHost) -> None:
    shop = Shop()

    server = await host.serve(shop)
    host.request("app")
    await shop.reached.wait()
    stopping = asyncio.create_task(server.stop())
    await shop.disconnected.wait()
    host.take("app")
    await stopping
    assert (server.state, shop.log) == ("stopped", ["http.disconnect", "stops"])


async def test_stopping_a_taken_app_does_nothing(host: FakeHost) -> None:
    shop = Shop()

    server = await host.serve(shop)
    host.take("app")
    await asyncio.gather(server.stop(), shop.stopped.wait())
    await server.stop()
    assert (server.state, shop.log) == ("taken", ["stops"])


async def test_other_apps_of_the_kernel_keep_running(host: FakeHost) -> None:
    await host.serve(Shop())
    other = await host.serve(says("hello"), "other")
    host.take("app")
    assert (notebook.registry.named(None), other.state) == (other, "running")
    assert await host.request("other").text() == "hello"


async def test_app_that_lost_its_name_is_served_under_a_number(host: FakeHost) -> None:
    await host.serve(says("hello"))
    host.take("app")
    assert (await host.serve(says("hello"))).name == "app-2"
    assert await host.request("app-2").text() == "hello"


async def test_taken_name_can_be_taken_back(host: FakeHost) -> None:
    taken = await host.serve(says("hello"))
    host.take("app")
    server = await host.serve(says("hello"), replace=True)
    assert (taken.state, server.state, server.name) == ("taken", "running", "app")
    assert await host.request("app").text() == "hello"


async def test_taken_number_is_not_reused_for_its_expression(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    assert (await host.serve(says("hello"))).name == "app-2"
    host.take("app-2")
    other = await host.serve(says("other"), "app-2", replace=True)
    assert (await host.serve(says("hello"))).name == "app-3"
    assert other.state == "running"
