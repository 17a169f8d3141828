"""``server.client``: its cookies, and their paths, which are relative to the app."""

from __future__ import annotations

import pytest

from jupyterlite_asgi.types import Receive, Scope, Send

from .support.echo import Echo
from .support.fake_host import FakeHost

ROOT = "/demo/asgi/app"


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
