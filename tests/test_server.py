from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from jupyterlite_asgi import ServeError, registry
from jupyterlite_asgi import server as server_module
from jupyterlite_asgi.host import Deliver, OnRequest
from jupyterlite_asgi.protocol import Abort, Cancel, FromKernel, Request, Response
from jupyterlite_asgi.registry import named, serve, serve_as, servers
from jupyterlite_asgi.server import Server
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

BASE = "https://example.org/demo/"


class FakeComm:
    def __init__(self, data: dict[str, Any]) -> None:
        self.sent = [data]
        self.closed = False

    def send(self, data: dict[str, Any]) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True


class FakeEndpoint:
    def __init__(self, free: Callable[[], object], on_request: OnRequest) -> None:
        self.on_request = on_request
        self._free = free

    def close(self) -> None:
        self._free()


class Client:
    """One request on its way: what the kernel posted, and the way in for more."""

    def __init__(self) -> None:
        self.posted: asyncio.Queue[FromKernel] = asyncio.Queue()
        self.deliver: Deliver

    async def next(self) -> FromKernel:
        return await asyncio.wait_for(self.posted.get(), 10)

    async def text(self) -> str:
        message = await self.next()
        assert isinstance(message, Response)
        return message.chunk.decode()


class FakeHost:
    """A site with a worker that knows us, and with names that other tabs may hold."""

    base_url = BASE

    def __init__(self) -> None:
        self.endpoints: dict[str, FakeEndpoint] = {}
        self.elsewhere: set[str] = set()
        self.comms: list[FakeComm] = []

    async def check(self) -> None:
        return

    async def claim(self, name: str, on_request: OnRequest) -> FakeEndpoint | None:
        if name in self.elsewhere or name in self.endpoints:
            return None
        self.endpoints[name] = FakeEndpoint(lambda: self.endpoints.pop(name), on_request)
        return self.endpoints[name]

    def open_comm(self, data: dict[str, Any]) -> FakeComm:
        self.comms.append(FakeComm(data))
        return self.comms[-1]

    def request(
        self, name: str, *, accept: str = "*/*", expires: float | None = None, body: bool = False
    ) -> Client:
        client = Client()
        request = Request(
            id="1",
            reply="worker",
            expires=(time.time() + 60) * 1000 if expires is None else expires,
            method="GET",
            url=f"{BASE}asgi/{name}/",
            headers=f"accept\n{accept}".encode(),
            body=body,
        )
        deliver = self.endpoints[name].on_request(request, client.posted.put_nowait)
        if deliver is not None:
            client.deliver = deliver
        return client


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHost]:
    """A host, and a registry as a kernel that has just started has it."""
    fake = FakeHost()
    monkeypatch.setattr(registry, "_servers", {})
    monkeypatch.setattr(registry, "_changing", asyncio.Lock())
    monkeypatch.setattr(registry, "find_host", lambda: fake)
    yield fake
    assert fake.endpoints.keys() == {server.name for server in servers()}


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))


async def start(app: ASGIApp, host: FakeHost, name: str | None = None) -> Server:
    return await serve_as(app, "app", name, "panel", host)


def says(text: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


class Lived:
    """An app with a lifespan that writes down what happens, in order."""

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


def test_served_app_answers(host: FakeHost) -> None:
    async def test() -> None:
        server = await start(says("hello"), host)
        assert (server.name, server.state) == ("app", "running")
        assert server.url == "https://example.org/demo/asgi/app/"
        assert repr(server) == "<Server 'app' running https://example.org/demo/asgi/app/>"
        assert await host.request("app").text() == "hello"

    run(test)


def test_app_learns_where_it_is_mounted_and_gets_the_state(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["database"] = "open"
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        else:
            await says(f"{scope['root_path']} {scope['state']}")(scope, receive, send)

    async def test() -> None:
        server = await start(app, host, "shop")
        assert await host.request("shop").text() == "/demo/asgi/shop {'database': 'open'}"
        await server.stop()

    run(test)


def test_page_is_told_of_the_app(host: FakeHost) -> None:
    async def test() -> None:
        await serve_as(says("hello"), "app", None, "tab", host)
        (comm,) = host.comms
        url = "https://example.org/demo/asgi/app/"
        assert comm.sent == [{"name": "app", "url": url, "open": "tab", "state": "running"}]
        assert not comm.closed

    run(test)


def test_card_has_name_link_and_state(host: FakeHost) -> None:
    async def test() -> None:
        card = (await start(says("hello"), host))._repr_html_()
        assert "<strong>app</strong>" in card
        assert '<a href="https://example.org/demo/asgi/app/" target="_blank"' in card
        assert ">/demo/asgi/app/</a>" in card
        assert 'data-state="running">running</span>' in card

    run(test)


def test_card_escapes_html() -> None:
    card = Server(says("hello"), '<b>"', "https://example.org/<site>&/")._repr_html_()
    assert "<strong>&lt;b&gt;&quot;</strong>" in card
    assert 'href="https://example.org/&lt;site&gt;&amp;/asgi/&lt;b&gt;&quot;/"' in card


def test_inline_shows_a_frame_below_the_cell(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda shows: shown.append(shows._repr_html_()))

    async def test() -> None:
        await serve_as(says("hello"), "app", None, "inline", host)
        (frame,) = shown
        assert 'src="https://example.org/demo/asgi/app/"' in frame

    run(test)


def test_expired_request_is_not_run(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        server = await start(Lived("app", log), host)
        host.request("app", expires=time.time() * 1000 - 1)
        assert await host.request("app").text() == "app"
        await server.stop()

    run(test)
    assert log == ["app starts", "app is ready", "app answers", "app stops"]


def test_not_an_app_is_refused_before_anything_is_changed(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ServeError, match="shop is a str"):
            await serve_as("module:app", "shop", None, "panel", host)
        assert servers() == []
        assert host.comms == []

    run(test)


# Names


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("app", "app"),
        ("shop.api", "shop"),
        ("make_app(1)", "make_app"),
        ("_private", "private"),
        ("__app__", "app"),
        ("caf\u00e9", "app"),
        ("await make()", "app"),
        ("\u03bb", "app"),
        ("(app)", "app"),
        ("[x][0]", "app"),
        ("a" * 100, "app"),
    ],
)
def test_default_name_fits_a_url(expression: str, name: str, host: FakeHost) -> None:
    async def test() -> None:
        server = await serve_as(says("hello"), expression, None, "panel", host)
        assert server.name == name

    run(test)


@pytest.mark.parametrize(
    "name", ["", "a b", "a/b", "-app", "_app", "-", "café", "a.b", "..", "a" * 65, "app\n"]
)
def test_bad_name_is_refused(name: str, host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ServeError, match="cannot be a part of the URL: a name has up to 64"):
            await start(says("hello"), host, name)

    run(test)


def test_bad_place_is_refused(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ServeError, match="choose panel, inline, tab, none"):
            await serve_as(says("hello"), "app", None, "window", host)

    run(test)


def test_name_of_another_tab_gets_a_number(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    host.elsewhere = {"app", "app-2"}

    async def test() -> None:
        server = await start(says("hello"), host)
        assert server.name == "app-3"
        assert server.url == "https://example.org/demo/asgi/app-3/"
        assert await host.request("app-3").text() == "hello"

    run(test)
    assert (
        capsys.readouterr().out == "'app' is served from another notebook; this app is 'app-3'.\n"
    )


def test_number_that_this_kernel_serves_is_passed_over(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    async def test() -> None:
        await start(says("mine"), host, "app-2")
        assert (await start(says("hello"), host)).name == "app-3"
        assert await host.request("app-2").text() == "mine"

    run(test)


def test_rerun_of_a_numbered_app_replaces_it(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    async def test() -> None:
        first = await start(says("one"), host)
        second = await start(says("two"), host)
        assert (first.name, first.state) == ("app-2", "replaced")
        assert second.name == "app-2"

    run(test)


def test_all_names_taken(host: FakeHost) -> None:
    host.elsewhere = {"app", *(f"app-{number}" for number in range(2, 20))}

    async def test() -> None:
        with pytest.raises(ServeError, match="names app to app-9 are served from other notebooks"):
            await start(says("hello"), host)
        assert servers() == []

    run(test)


def test_serve_takes_the_name_of_the_variable(host: FakeHost) -> None:
    async def test() -> None:
        shop = says("hello")
        assert (await serve(shop)).name == "shop"
        assert (await serve(says("hello"))).name == "app"
        assert (await serve(shop, "other")).name == "other"
        _5 = says("hello")
        assert (await serve(_5)).name == "app"
        assert host.comms[-1].sent[0]["open"] == "panel"

    run(test)


def test_servers_and_named(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ServeError, match="No app is served"):
            named(None)
        two = await start(says("two"), host, "two")
        assert named(None) is two
        one = await start(says("one"), host, "one")
        assert servers() == [one, two]
        assert named("one") is one
        with pytest.raises(ServeError, match="say which to stop, one of one, two"):
            named(None)
        with pytest.raises(ServeError, match="No app is served as 'three'; there is one, two"):
            named("three")

    run(test)


# Replacing


def test_old_app_stops_before_the_new_one_starts(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        old = await start(Lived("old", log), host)
        new = await start(Lived("new", log), host)
        assert (old.state, new.state) == ("replaced", "running")
        assert servers() == [new]
        assert await host.request("app").text() == "new"
        await new.stop()

    run(test)
    assert log[1:] == [
        *("old is ready", "old stops"),
        *("new starts", "new is ready", "new answers", "new stops"),
    ]
    first, second = host.comms
    assert [data["state"] for data in first.sent + second.sent] == ["running", "running"]


def test_request_that_arrives_meanwhile_is_answered_by_the_new_app(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        old, new = Lived("old", log), Lived("new", log)
        await start(old, host)
        new.may_start.clear()
        replacing = asyncio.create_task(start(new, host))
        await new.starting.wait()
        client = host.request("app")
        new.may_start.set()
        assert await client.text() == "new"
        await replacing
        assert log[-3:] == ["new starts", "new is ready", "new answers"]

    run(test)


def test_old_app_that_fails_to_stop_is_replaced_all_the_same(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    async def test() -> None:
        old = Lived("old", [])
        old.fails_to_stop = True
        await start(old, host)
        await start(says("new"), host)
        assert await host.request("app").text() == "new"

    run(test)
    errors = capsys.readouterr().err
    assert "The replaced app 'app' failed while it shut down:" in errors
    assert "ValueError: disk is full" in errors


def test_same_object_can_be_served_again(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        app = Lived("app", log)
        await start(app, host)
        await start(app, host)
        assert await host.request("app").text() == "app"
        await named("app").stop()

    run(test)
    assert log[2:] == ["app stops", "app starts", "app is ready", "app answers", "app stops"]


def test_two_cells_at_once_take_turns(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        first, second = Lived("a", log), Lived("b", log)
        first.may_start.clear()
        serving = asyncio.gather(start(first, host), start(second, host))
        await first.starting.wait()
        first.may_start.set()
        assert [server.state for server in await serving] == ["replaced", "running"]

    run(test)
    assert log[:5] == ["a starts", "a is ready", "a stops", "b starts", "b is ready"]


# A start that fails


def test_failed_start_raises_and_shows_on_the_page(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ValueError, match="no <database>"):
            await start(failing(ValueError("no <database>")), host)
        assert named("app").state == "failed"
        text = await host.request("app", accept="text/html").text()
        assert "ValueError: no &lt;database&gt;" in text
        assert host.comms[0].sent[-1]["state"] == "failed"

    run(test)


def test_failed_page_is_the_same_however_often_it_is_loaded(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ValueError, match="no database"):
            await start(failing(ValueError("no database")), host)
        first = await host.request("app").text()
        assert await host.request("app").text() == first

    run(test)


def test_rerun_mends_a_failed_start(host: FakeHost) -> None:
    async def test() -> None:
        with pytest.raises(ValueError, match="no database"):
            await start(failing(ValueError("no database")), host)
        server = await start(says("hello"), host)
        assert server.state == "running"
        assert await host.request("app").text() == "hello"
        assert [comm.sent[0]["state"] for comm in host.comms] == ["failed", "running"]

    run(test)


# Stopping


def test_stop_frees_the_name(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        server = await start(Lived("app", log), host)
        await server.stop()
        assert server.state == "stopped"
        assert servers() == []
        assert host.endpoints == {}
        assert host.comms[0].closed
        assert (await start(says("hello"), host)).name == "app"

    run(test)
    assert log == ["app starts", "app is ready", "app stops"]


def test_second_stop_does_nothing(host: FakeHost) -> None:
    log: list[str] = []

    async def test() -> None:
        server = await start(Lived("app", log), host)
        await asyncio.gather(server.stop(), server.stop())
        await server.stop()

    run(test)
    assert log == ["app starts", "app is ready", "app stops"]


def test_stop_of_a_replaced_server_leaves_the_new_one(host: FakeHost) -> None:
    async def test() -> None:
        old = await start(says("old"), host)
        new = await start(says("new"), host)
        await old.stop()
        assert (old.state, new.state) == ("replaced", "running")
        assert await host.request("app").text() == "new"

    run(test)


def test_app_that_fails_to_stop_is_stopped_all_the_same(host: FakeHost) -> None:
    async def test() -> None:
        app = Lived("app", [])
        app.fails_to_stop = True
        server = await start(app, host)
        with pytest.raises(ValueError, match="disk is full"):
            await server.stop()
        assert (server.state, servers()) == ("stopped", [])
        assert host.comms[0].closed

    run(test)


# Requests in flight


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


def test_request_in_flight_is_told_of_the_stop_and_may_end(host: FakeHost) -> None:
    app = Slow()

    async def test() -> None:
        server = await start(app, host)
        host.request("app")
        await app.reached.wait()
        stopping = asyncio.create_task(server.stop())
        await app.told.wait()
        app.go_on.set()
        await stopping
        assert app.log == ["http.disconnect"]

    run(test)


def test_request_in_flight_that_does_not_end_is_cancelled(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", 0.01)
    app = Slow()

    async def test() -> None:
        server = await start(app, host)
        host.request("app")
        await app.reached.wait()
        await server.stop()
        assert app.log == ["http.disconnect", "cancelled"]

    run(test)


@pytest.mark.parametrize("ends_by_itself", [False, True])
def test_reader_of_a_request_that_the_stop_ends_is_told(
    ends_by_itself: bool, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", 0.01)
    app = Slow()
    if ends_by_itself:
        app.go_on.set()

    async def test() -> None:
        server = await start(app, host)
        client = host.request("app")
        await app.reached.wait()
        await server.stop()
        assert isinstance(client.posted.get_nowait(), Response)
        assert client.posted.empty()

    run(test)


def test_stream_in_flight_is_cut_at_once(host: FakeHost) -> None:
    app = Slow(streams=True)

    async def test() -> None:
        server = await start(app, host)
        client = host.request("app")
        assert await client.text() == "one"
        await app.reached.wait()
        await server.stop()
        assert app.log == ["cancelled"]
        assert isinstance(client.posted.get_nowait(), Abort)

    run(test)


def test_further_messages_reach_the_request(host: FakeHost) -> None:
    app = Slow(streams=True)

    async def test() -> None:
        await start(app, host)
        client = host.request("app")
        assert await client.text() == "one"
        await app.reached.wait()
        client.deliver(Cancel("1"))
        await app.told.wait()
        assert app.log == ["http.disconnect"]

    run(test)


def test_requests_are_answered_side_by_side(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await barrier.wait()
        await says("together")(scope, receive, send)

    async def test() -> None:
        await start(app, host)
        first, second = host.request("app"), host.request("app")
        barrier.set()
        assert [await first.text(), await second.text()] == ["together", "together"]

    barrier = asyncio.Event()
    run(test)


def test_serving_that_is_cut_short_leaves_an_answer(host: FakeHost) -> None:
    lived = Lived("app", [])
    lived.may_start.clear()

    async def test() -> None:
        serving = asyncio.create_task(start(lived, host))
        await lived.starting.wait()
        serving.cancel()
        await asyncio.wait([serving])
        assert "cut short: run its cell again" in await host.request("app").text()
        lived.may_start.set()
        assert (await start(says("hello"), host)).state == "running"

    run(test)


def test_name_that_was_given_back_is_not_remembered(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    async def test() -> None:
        renamed = await start(says("one"), host)
        assert renamed.name == "app-2"
        await renamed.stop()
        other = await start(says("two"), host, "app-2")
        third = await start(says("three"), host)
        assert (other.state, third.name) == ("running", "app-3")

    run(test)


def test_app_may_stop_itself(host: FakeHost) -> None:
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await servers()[0].stop()
            await says("stopped")(scope, receive, send)
        else:
            await Lived("app", log)(scope, receive, send)

    async def test() -> None:
        await start(app, host)
        assert await host.request("app").text() == "stopped"

    run(test)
    assert log[-1] == "app stops"
