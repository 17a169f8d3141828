"""The patches for Sanic: each test shows the failure without the patch, and the result with it.

Sanic depends on httptools and uvloop, which uvicorn would then use, too, in the tests that compare
its headers with ours. So it is installed into a folder of its own.
"""

from __future__ import annotations

import pytest

from jupyterlite_asgi.patches.sanic import URL, parse_url

from .support.scripts import CALL
from .unpatched import complaint, python

LIBRARY = "sanic"

WITHOUT_HTTPTOOLS = """
import sys
sys.modules["httptools"] = None
"""

WEB = """
from sanic import Sanic, text

def make():
    web = Sanic("web")
    web.config.MOTD = False

    @web.get("/plants/<name>")
    async def plant(request, name):
        return text(f"{name} {request.path} {dict(request.query_args)}")

    return web
"""

IMPORT = f"""{WITHOUT_HTTPTOOLS}{WEB}
make()
from importlib.util import find_spec
print(find_spec("httptools").name)
"""

ROUTE = (
    CALL
    + WEB
    + """
async def main():
    web = make()
    web.asgi = True
    await web._startup()
    for root in ("/demo/asgi/web", "/d%C3%A9mo/asgi/web", "", "/v1"):
        app = web
        if root == "/v1":  # a path without the root_path, as from httpx.ASGITransport
            async def app(scope, receive, send):
                scope |= {"path": "/plants/oak", "raw_path": b"/plants/oak"}
                await web(scope, receive, send)
        status, body = await call(app, "/plants/oak", root)
        assert status == 200, body
        print(body)

run(main())
"""
)

AGAIN = (
    CALL
    + WEB
    + """
async def main():
    make()
    web = make()
    web.asgi = True
    for _ in range(2):
        await web._startup()
        print(*await call(web, "/plants/oak", ""))
    empty = Sanic("empty")
    empty.config.MOTD = False
    try:
        await empty._startup()
    except Exception as error:
        print(error)

run(main())
"""
)


@pytest.mark.usefixtures("library")
def test_sanic_can_be_imported_without_httptools() -> None:
    assert "httptools" in complaint(IMPORT)
    assert python(IMPORT) == "httptools\n"


@pytest.mark.usefixtures("library")
def test_sanic_matches_routes_below_a_prefix() -> None:
    answers = python(f"{WITHOUT_HTTPTOOLS}{ROUTE}").splitlines()
    assert answers == ["oak /plants/oak {'_facet': 'kind'}"] * 4
    assert "Requested URL /demo/asgi/web/plants/oak not found" in complaint(ROUTE)


@pytest.mark.usefixtures("library")
def test_app_can_be_created_and_started_again() -> None:
    assert 'Sanic app name "web" already in use' in complaint(AGAIN)
    assert "Cannot finalize router" in complaint(AGAIN.replace("make()\n    web", "web", 1))
    assert python(f"{WITHOUT_HTTPTOOLS}{AGAIN}").splitlines() == [
        "200 oak /plants/oak {'_facet': 'kind'}",
        "200 oak /plants/oak {'_facet': 'kind'}",
        "Cannot finalize with no routes defined.",
    ]


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        (b"/", b"/", None),
        (b"//x", b"//x", None),
        (b"/a%2Fb?c=%C3%BC&d", b"/a%2Fb", b"c=%C3%BC&d"),
        (b"/a?", b"/a", None),
    ],
)
def test_url_is_parsed(url: bytes, path: bytes, query: bytes | None) -> None:
    assert parse_url(url) == URL(path, query)


@pytest.mark.parametrize("url", [b"", b"a", b"http://h/"])
def test_url_without_a_path_is_refused(url: bytes) -> None:
    with pytest.raises(ValueError, match="invalid url"):
        parse_url(url)
