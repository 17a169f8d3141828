"""Errors for what a browser cannot do, and httpx on top of the browser's fetch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Notebook
from sites import serve_site

PORT = "{} cannot listen on a port in a browser: write `%asgi_serve {}` instead."
PROGRAM = (
    "other programs and processes cannot run in a browser: "
    "use a Python function instead, or run it elsewhere and upload the result"
)
LISTEN = "ports are not available in a browser: serve the app with `%asgi_serve app` instead"
CONNECT = (
    "sockets are not available in a browser: use HTTP instead, "
    "with `await pyodide.http.pyfetch(url)`, `httpx` or `requests`"
)

REFUSED = {
    "import uvicorn\nuvicorn.run(mine)": f"ServeError: {PORT.format('uvicorn.run()', 'mine')}",
    "await uvicorn.Server(uvicorn.Config(mine)).serve()": f"NotImplementedError: {LISTEN}",
    "import flask\nsite = flask.Flask('site')\nsite.run(debug=True)": "ServeError: "
    + PORT.format("app.run()", "site"),
    "import bottle\nbottle.run()": f"ServeError: {PORT.format('bottle.run()', 'app')}",
    "from wsgiref.simple_server import make_server\nmake_server('', 8000, site)": "OSError: "
    f"[Errno 138] {LISTEN}",
    "import subprocess\nsubprocess.run(['ls'])": f"OSError: [Errno 138] {PROGRAM}",
    "import asyncio\nawait asyncio.create_subprocess_exec('ls')": f"NotImplementedError: {PROGRAM}",
    "import multiprocessing\nmultiprocessing.Process(target=print).start()": "OSError: "
    f"[Errno 138] {PROGRAM}",
    "multiprocessing.Pool()": f"NotImplementedError: {PROGRAM}",
    "import socket\nsocket.create_connection(('127.0.0.1', 80))": f"OSError: [Errno 138] {CONNECT}",
    "await asyncio.open_connection('127.0.0.1', 80)": f"NotImplementedError: {CONNECT}",
    "%pip install numpy": "PiplitePyPIDisabled: numpy is not among this site's packages, and "
    "the site uses no package index: do without it, or have it added to AsgiAddon.packages in the "
    "site's build",
}


@pytest.fixture(scope="module")
def equipped(notebook: Notebook) -> Notebook:
    """The notebook, with the servers and clients that tutorials use."""
    notebook.run("%pip install uvicorn flask bottle httpx requests")
    notebook.run("async def mine(scope, receive, send): ...")
    return notebook


@pytest.fixture(scope="module")
def closed() -> Iterator[str]:
    """Another site, without CORS headers."""
    with serve_site() as url:
        yield url


@pytest.fixture(scope="module")
def open_to_all() -> Iterator[str]:
    """Another site, which allows every page to read it."""
    with serve_site(headers={"access-control-allow-origin": "*"}) as url:
        yield url


def test_refusal_is_explained_in_a_sentence(equipped: Notebook) -> None:
    said = {source: equipped.run(source).error.split("\n")[-1] for source in REFUSED}
    assert said == REFUSED


def test_site_without_cors_is_explained_in_a_sentence(equipped: Notebook, closed: str) -> None:
    sentence = (
        f"the browser could not read from {closed[:-1]}: either it is unreachable, or it does "
        "not allow other sites to read it (CORS); use a site that does, or include the data in "
        "your site"
    )
    equipped.run("import httpx, requests")
    for source in (
        f"await httpx.AsyncClient().get('{closed}a')",
        f"requests.get('{closed}a')",
        f"httpx.get('{closed}a')",
    ):
        assert sentence in equipped.run(source).error.split("\n")[-1]


@pytest.mark.parametrize("query", ["", "?caught"])
def test_failed_request_of_a_handler_prints_nothing(equipped: Notebook, query: str) -> None:
    equipped.run("""
import requests
async def asks(scope, receive, send):
    try:
        text = requests.get("http://nowhere.test/").text
    except requests.RequestException:
        if not scope["query_string"]:
            raise
        text = "caught"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})

%asgi_serve asks --open none
""")
    last = equipped.start("1 + 1")
    equipped.finish(last)
    assert equipped.fetch(f"asgi/asks/{query}").status == (200 if query else 500)
    assert equipped.value("'one message later'") == "'one message later'"
    assert [output["output_type"] for output in equipped.outputs(last).raw] == ["execute_result"]


def test_httpx_uses_fetch(equipped: Notebook, open_to_all: str) -> None:
    url = f"{open_to_all}jupyter-lite.json"
    result = equipped.run(f"""
import httpx, json
async with httpx.AsyncClient() as client:
    response = await client.get("{url}")
    print(response.status_code, response.reason_phrase, "jupyter-config-data" in response.json())
    print((await client.get("{url}x")).status_code)
    async with client.stream("GET", "{url}") as response:
        print(json.loads(b"".join([part async for part in response.aiter_bytes()])).keys())
""")
    keys = "dict_keys(['jupyter-config-data', 'jupyter-lite-schema-version'])"
    assert result.text.split("\n") == ["200 OK True", "404", keys, ""]
    assert equipped.run(f"httpx.get('{url}').status_code").text == "200"
