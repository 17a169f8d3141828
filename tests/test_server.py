"""A served app: its responses, its ``Server`` object, and how it is displayed."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import get_args

import pytest

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.notebook.display import card
from jupyterlite_asgi.notebook.serve import serve_expression, servers
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.events import RequestFinished, Served, Starting
from jupyterlite_asgi.serving.runner import State
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.fake_host import FakeHost


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
    url = "https://example.org/demo/asgi/app/"
    assert host.events == [Starting("app", url), Served("app", url, "tab")]


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


def test_readme_names_the_attributes_the_states_and_the_fields_of_requests() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    _, _, table = readme.partition("The server has:")
    table, _, _ = table.partition("##")
    fields = [field.name for field in dataclasses.fields(RequestFinished)]
    attributes = [name for name in vars(Server) if not name.startswith("_") and name != "stop"]
    for word in (*attributes, *get_args(State), *fields, "await stop()"):
        assert f"`{word}`" in table
