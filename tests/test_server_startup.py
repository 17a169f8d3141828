"""An app whose startup fails, is cancelled or is interrupted."""

from __future__ import annotations

import asyncio

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.notebook.serve import servers
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from .support.apps import says
from .support.cell import Cell
from .support.fake_host import FakeHost
from .support.recorder import Recorder


def failing(error: Exception) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise error

    return app


async def test_failed_startup_raises_and_appears_on_the_page(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no <database>"):
        await host.serve(failing(ValueError("no <database>")))
    assert servers()[0].state == "failed"
    text = await host.request("app", accept="text/html").text()
    assert "ValueError: no &lt;database&gt;" in text
    assert host.happened == ["starting", "failed"]


async def test_page_of_a_failed_startup_can_be_reloaded(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no database"):
        await host.serve(failing(ValueError("no database")))
    first = await host.request("app").text()
    assert await host.request("app").text() == first


async def test_app_can_be_served_after_a_failed_startup(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no database"):
        await host.serve(failing(ValueError("no database")))
    server = await host.serve(says("hello"))
    assert server.state == "running"
    assert await host.request("app").text() == "hello"
    assert host.happened == ["starting", "failed", "starting", "served"]


async def test_cancelled_startup_leaves_an_error_page(host: FakeHost) -> None:
    recorder = Recorder("app", [])
    recorder.may_start.clear()

    serving = asyncio.create_task(host.serve(recorder))
    await recorder.starting.wait()
    serving.cancel()
    await asyncio.wait([serving])
    assert serving.cancelled()
    assert "interrupted: run its cell again" in await host.request("app").text()
    recorder.may_start.set()
    assert (await host.serve(says("hello"))).state == "running"


async def test_interrupted_startup_says_so_in_the_cell_and_on_the_page(host: FakeHost) -> None:
    recorder = Recorder("app", [])
    recorder.may_start.clear()
    cell = Cell(host.serve(recorder))
    await recorder.starting.wait()
    preemption.interrupt()
    with pytest.raises(ServeError, match=r"^The app's startup was interrupted while it was at .*"):
        await cell.task
    assert "startup was interrupted while it was at" in await host.request("app").text()
    assert (await host.serve(says("hello"))).name == "app"


async def test_app_can_be_served_after_its_mounting_was_interrupted(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(*given: object) -> None:
        waits.set()
        await asyncio.Event().wait()

    waits = asyncio.Event()
    with monkeypatch.context() as patch:
        patch.setattr(host, "mount", wait)
        cell = Cell(host.serve(says("hello")))
        await waits.wait()
        preemption.interrupt()
        with pytest.raises(ServeError, match=r"^Serving this app was interrupted"):
            await cell.task
    assert servers() == []
    server = await host.serve(says("hello"))
    assert (server.name, servers()) == ("app", [server])
    assert await host.request("app").text() == "hello"


async def test_interrupt_before_the_startup_says_so_in_the_cell(host: FakeHost) -> None:
    recorder = Recorder("app", [])
    recorder.may_start.clear()
    first = asyncio.create_task(host.serve(recorder))
    await recorder.starting.wait()
    cell = Cell(host.serve(says("hello")))  # waits for the other app
    await asyncio.sleep(0)
    preemption.interrupt()
    with pytest.raises(ServeError, match=r"^Serving this app was interrupted: run its cell again."):
        await cell.task
    recorder.may_start.set()
    assert (await first).state == "running"
