"""``server.client``: requests, responses, cookies and errors."""

from __future__ import annotations

import asyncio
import contextvars
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.serving.server import Server
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.apps import says
from .support.echo import Echo, answer
from .support.fake_host import FakeHost

ROOT = "/demo/asgi/app"


async def test_scope_is_the_same_as_for_a_page(host: FakeHost) -> None:
    app = Echo()
    server = await host.serve(app)
    host.request("app")
    await app.answered.wait()
    page = app.scope
    response = await server.client.get("/caf%C3%A9/a%2Fb?q=%C3%A9", headers={"x-test": "a b"})
    assert response.text == "echo"
    assert str(response.url) == f"https://example.org{ROOT}/caf%C3%A9/a%2Fb?q=%C3%A9"
    assert app.scope["path"] == f"{ROOT}/café/a/b"
    assert app.scope["raw_path"] == f"{ROOT}/caf%C3%A9/a%2Fb".encode()
    assert app.scope["query_string"] == b"q=%C3%A9"
    assert app.seen[b"x-test"] == b"a b"
    assert app.seen[b"host"] == b"example.org"
    same = page.keys() - {"path", "raw_path", "query_string", "headers"}
    assert {key: app.scope[key] for key in same} == {key: page[key] for key in same}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/items/3", f"{ROOT}/items/3"),
        ("items/3", f"{ROOT}/items/3"),
        ("/", f"{ROOT}/"),
        ("", f"{ROOT}/"),
        ("?q=1", f"{ROOT}/"),
        (f"{ROOT}/items/3", f"{ROOT}/items/3"),
        (f"{ROOT}less", f"{ROOT}{ROOT}less"),
        (f"https://example.org{ROOT}/items/3", f"{ROOT}/items/3"),
        (f"https://ada:secret@example.org{ROOT}/items/3#end", f"{ROOT}/items/3"),
        (f"https://example.org{ROOT}less", None),
        ("https://example.org/demo/lab", None),
        ("http://testserver/", None),
    ],
)
async def test_url_resolves_to_a_path_of_the_app(
    url: str, path: str | None, host: FakeHost
) -> None:
    app = Echo()
    server = await host.serve(app)
    if path is not None:
        await server.client.get(url)
        assert app.scope["path"] == path
        return
    with pytest.raises(httpx.ConnectError) as caught:
        await server.client.get(url)
    assert isinstance(caught.value, ServeError)
    assert str(caught.value) == (
        f"{url} is not a URL of the app 'app': "
        'use only the path, as in `server.client.get("/items/3")`.'
    )


#: How URLs resolve for the app ``shop`` of a site; the TypeScript tests read the same.
URLS: dict[str, dict[str, str | None]] = json.loads(
    Path(__file__).with_name("prefix_urls.json").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("site", "url", "resolved"),
    [(site, url, resolved) for site, urls in URLS.items() for url, resolved in urls.items()],
)
async def test_python_and_typescript_resolve_urls_alike(
    site: str, url: str, resolved: str | None, host: FakeHost
) -> None:
    host.base_url = f"{site}asgi/"

    server = await host.serve(says("hello"), "shop")
    try:
        response = await server.client.get(url)
    except httpx.ConnectError:
        assert resolved is None
    else:
        assert str(response.url) == resolved


async def test_cookies_are_the_clients_own(host: FakeHost) -> None:
    app = Echo((b"set-cookie", b"who=ada; Path=/"))
    server = await host.serve(app)
    response = await server.client.get("/")
    assert response.headers["set-cookie"] == "who=ada; Path=/"
    assert server.client.cookies["who"] == "ada"
    await server.client.get("/items")
    assert app.seen[b"cookie"] == b"who=ada"


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("/settings", f"{ROOT}/settings"),
        (f"{ROOT}/settings", f"{ROOT}/settings"),
        (ROOT, ROOT),
        ("/", "/"),
    ],
)
async def test_cookie_path_is_relative_to_the_app(path: str, resolved: str, host: FakeHost) -> None:
    app = Echo((b"set-cookie", f"theme=dark; path={path}; HttpOnly".encode()))
    server = await host.serve(app)
    response = await server.client.get("/")
    assert response.headers["set-cookie"] == f"theme=dark; path={resolved}; HttpOnly"
    await server.client.get("/settings/all")
    assert app.seen[b"cookie"] == b"theme=dark"


async def test_cookie_path_is_found_in_any_spelling(host: FakeHost) -> None:
    line = b"theme=dark; Path = /settings ; HttpOnly"
    server = await host.serve(Echo((b"set-cookie", line), (b"x-line", line)))
    headers = (await server.client.get("/")).headers
    assert headers["set-cookie"] == f"theme=dark; Path = {ROOT}/settings; HttpOnly"
    assert headers["x-line"] == line.decode()


async def test_redirect_stays_in_the_app_with_its_cookies(host: FakeHost) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if scope["path"] != f"{ROOT}/in/login":
            return await echo(scope, receive, send)
        headers = [
            (b"location", b"/in"),
            (b"set-cookie", b"theme=dark; path=/"),
            (b"set-cookie", b"who=ada; path=/demo/asgi/app/in"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body"})
        return None

    echo = Echo()
    server = await host.serve(app)
    response = await server.client.post("/in/login", data={"a": "b"})
    assert response.headers["location"] == "/in"
    response = await server.client.post("/in/login", data={"a": "b"}, follow_redirects=True)
    assert str(response.url) == f"https://example.org{ROOT}/in"
    assert (echo.scope["method"], echo.scope["path"]) == ("GET", f"{ROOT}/in")
    assert echo.seen[b"cookie"] == b"who=ada; theme=dark"


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
