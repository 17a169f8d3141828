"""``server.client``: which URLs it takes, and the scope it sends."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from jupyterlite_asgi.errors import ServeError

from .support.apps import says
from .support.echo import Echo
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
