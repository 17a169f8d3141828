"""The mends of Sanic: what fails without them, and what works with them.

Sanic brings a parser and a loop that uvicorn would take to in the tests that look at its headers.
So it is in an environment of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlite_asgi.mends.sanics import URL, InvalidURL, parse_url

from .test_mends_libraries import CALL
from .unmended import complaint, install, python

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

IMPORT = f"{WITHOUT_HTTPTOOLS}{WEB}\nmake()"

ROUTE = (
    CALL
    + WEB
    + """
async def main():
    web = make()
    web.asgi = True
    await web._startup()
    for root in ("/demo/asgi/web", "/d%C3%A9mo/asgi/web", ""):
        status, body = await call(web, "/plants/oak", root)
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
    await web._startup()
    await web._startup()
    print("started")

run(main())
"""
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Sanic is in."""
    folder = tmp_path_factory.mktemp("sanic")
    install("sanic", folder)
    return folder


@pytest.fixture
def sanic(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scripts import Sanic."""
    monkeypatch.setenv("PYTHONPATH", str(installed))


@pytest.mark.usefixtures("sanic")
def test_sanic_is_imported_without_its_parser() -> None:
    assert "httptools" in complaint(IMPORT)
    assert python(IMPORT) == ""


@pytest.mark.usefixtures("sanic")
def test_sanic_routes_below_a_path() -> None:
    answers = python(f"{WITHOUT_HTTPTOOLS}{ROUTE}").splitlines()
    assert answers == ["oak /plants/oak {'_facet': 'kind'}"] * 3
    assert "Requested URL /demo/asgi/web/plants/oak not found" in complaint(ROUTE)


@pytest.mark.usefixtures("sanic")
def test_an_app_of_sanics_is_made_and_started_again() -> None:
    assert 'Sanic app name "web" already in use' in complaint(AGAIN)
    assert "Cannot finalize router" in complaint(AGAIN.replace("make()\n    web", "web", 1))
    assert python(f"{WITHOUT_HTTPTOOLS}{AGAIN}") == "started\n"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (b"/", {"path": b"/"}),
        (b"//x", {"path": b"//x"}),
        (b"/a%2Fb?c=%C3%BC&d", {"path": b"/a%2Fb", "query": b"c=%C3%BC&d"}),
        (b"/a?", {"path": b"/a"}),
        (b"http://h/", {"schema": b"http", "host": b"h", "path": b"/"}),
        (
            b"https://u:p@h:8000/a?b#c",
            {
                "schema": b"https",
                "host": b"h",
                "port": 8000,
                "path": b"/a",
                "query": b"b",
                "fragment": b"c",
                "userinfo": b"u:p",
            },
        ),
    ],
)
def test_a_url_is_parsed(url: bytes, parts: dict[str, bytes | int]) -> None:
    assert {name: value for name, value in parse_url(url)._asdict().items() if value} == parts
    assert isinstance(parse_url(url), URL)


@pytest.mark.parametrize("url", [b"http://h:port/", b"http://[h/"])
def test_a_url_that_is_none_is_refused(url: bytes) -> None:
    with pytest.raises(InvalidURL, match="invalid url"):
        parse_url(url)
