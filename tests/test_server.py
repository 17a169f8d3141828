from __future__ import annotations

import asyncio
import time

import pytest

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.notebook.display import card
from jupyterlite_asgi.notebook.serve import serve_expression, servers
from jupyterlite_asgi.options import Options
from jupyterlite_asgi.serving.events import Served
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

from .support.apps import says
from .support.fake_host import FakeHost


class Recorder:
    """An app with a lifespan that records what happens, in order."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log
        self.starting = asyncio.Event()
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.fails_to_stop = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.log.append(f"{self.name} answers")
            await says(self.name)(scope, receive, send)
            return
        await receive()
        self.log.append(f"{self.name} starts")
        self.starting.set()
        await self.may_start.wait()
        self.log.append(f"{self.name} is ready")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.log.append(f"{self.name} stops")
        if self.fails_to_stop:
            raise ValueError("disk is full")
        await send({"type": "lifespan.shutdown.complete"})


def failing(error: Exception) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise error

    return app


# Serving


async def test_served_app_answers(host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    assert (server.name, server.state) == ("app", "running")
    assert server.url == "https://example.org/demo/asgi/app/"
    assert repr(server) == "<Server 'app' running https://example.org/demo/asgi/app/>"
    assert await host.request("app").text() == "hello"


async def test_app_gets_root_path_and_state(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["database"] = "open"
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        else:
            await says(f"{scope['root_path']} {scope['state']}")(scope, receive, send)

    server = await host.serve(app, "shop")
    assert await host.request("shop").text() == "/demo/asgi/shop {'database': 'open'}"
    await server.stop()


async def test_serving_sends_an_event(host: FakeHost) -> None:
    await host.serve(says("hello"), open="tab")
    assert host.events == [Served("app", "https://example.org/demo/asgi/app/", "tab")]


async def test_card_has_name_link_and_state(host: FakeHost) -> None:
    shown = card(await host.serve(says("hello")))
    assert "<strong>app</strong>" in shown
    assert '<a href="https://example.org/demo/asgi/app/" target="_blank"' in shown
    assert ">/demo/asgi/app/</a>" in shown
    assert 'data-state="running">running</span>' in shown


async def test_card_escapes_html(host: FakeHost) -> None:
    host.base_url = "https://example.org/<site>&/"

    shown = card(await host.serve(says("hello")))
    assert 'href="https://example.org/&lt;site&gt;&amp;/app/"' in shown


async def test_public_attributes_of_a_server(host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    offered = {name for name in dir(server) if not name.startswith("_")}
    assert offered == {*("name", "url", "state", "log", "client", "timeout", "requests", "stop")}


async def test_finished_requests_are_listed(host: FakeHost) -> None:
    server = await host.serve(says("hello"))
    await server.client.get("/items/3")
    (request,) = server.requests
    assert (request.method, request.status) == ("GET", 200)
    assert (request.url, request.path) == (server.url, "/items/3")
    assert time.time() * 1000 - request.started < 10_000


async def test_inline_displays_a_frame(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda shows: shown.append(shows._repr_html_()))

    await host.serve(says("hello"), open="inline")
    (frame,) = shown
    assert 'src="https://example.org/demo/asgi/app/"' in frame


async def test_object_that_is_not_an_app_changes_nothing(host: FakeHost) -> None:
    with pytest.raises(ServeError, match="shop is a str"):
        await serve_expression("module:app", "shop", Options())
    assert servers() == []
    assert host.events == []


# Replacing


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
    assert host.happened == ["served", "served", "stopped"]


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


# Failed startup


async def test_failed_startup_raises_and_appears_on_the_page(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no <database>"):
        await host.serve(failing(ValueError("no <database>")))
    assert servers()[0].state == "failed"
    text = await host.request("app", accept="text/html").text()
    assert "ValueError: no &lt;database&gt;" in text
    assert host.happened == ["failed"]


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
    assert host.happened == ["failed", "served"]


async def test_interrupted_startup_leaves_an_error_page(host: FakeHost) -> None:
    recorder = Recorder("app", [])
    recorder.may_start.clear()

    serving = asyncio.create_task(host.serve(recorder))
    await recorder.starting.wait()
    serving.cancel()
    await asyncio.wait([serving])
    assert "interrupted: run its cell again" in await host.request("app").text()
    recorder.may_start.set()
    assert (await host.serve(says("hello"))).state == "running"


# Stopping


async def test_stop_frees_the_name(host: FakeHost) -> None:
    log: list[str] = []

    server = await host.serve(Recorder("app", log))
    await server.stop()
    assert server.state == "stopped"
    assert servers() == []
    assert host.endpoints == {}
    assert host.happened == ["served", "stopped"]
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
    assert host.happened == ["served", "stopped"]


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


async def test_app_that_fails_to_stop_is_stopped_anyway(host: FakeHost) -> None:
    app = Recorder("app", [])
    app.fails_to_stop = True
    server = await host.serve(app)
    with pytest.raises(ValueError, match="disk is full"):
        await server.stop()
    assert (server.state, servers()) == ("stopped", [])
    assert host.happened == ["served", "stopped"]


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
