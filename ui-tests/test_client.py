"""Requests from a cell: ``server.client``, and the ``TestClient`` of tutorials."""

from __future__ import annotations

import pytest
from lab import Notebook

GUILD = """
import asyncio
from contextlib import asynccontextmanager
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import StreamingResponse

seen, next_step = [], asyncio.Event()

@asynccontextmanager
async def lifespan(app):
    seen.append("up")
    yield {"stock": "apples"}
    seen.append("down")

guild = FastAPI(lifespan=lifespan)

@guild.get("/items/{number}")
def item(number: int, request: Request):
    return {"item": number, "stock": request.state.stock, "root": request.scope["root_path"]}

@guild.get("/ask")
async def ask():
    return (await server.client.get("/items/4")).json()["item"]

@guild.post("/login")
async def login(who: str, response: Response):
    response.set_cookie("who", who)

@guild.get("/me")
async def me(request: Request):
    return request.cookies.get("who")

@guild.get("/failing")
def failing():
    return {}["apples"]

@guild.get("/steps")
async def steps():
    async def parts():
        yield "first"
        await next_step.wait()
        yield "second"
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("left")
    return StreamingResponse(parts())

@guild.post("/size")
async def size(request: Request):
    return len(await request.body())

@guild.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    await socket.send_text("heard " + await socket.receive_text())

"""

REQUESTS = """
async def parts():
    for _ in range(20):
        yield bytes(250_000)

answer = (await server.client.get("/items/3")).json()
print(answer["item"], answer["stock"], answer["root"])
print((await server.client.get("/ask")).json())
print((await server.client.post("/size", content=parts())).json())
async with server.client.stream("GET", "/steps") as response:
    chunks = response.aiter_text()
    print(await anext(chunks))
    next_step.set()
    print(await anext(chunks))
while seen[-1] != "left":
    await asyncio.sleep(0)
failed = await server.client.get("/failing")
print(failed.status_code, failed.text.splitlines()[0], list(server.log)[-1])
"""

TESTS = """
from fastapi.testclient import TestClient

def test_json():
    assert TestClient(guild).get("/me").json() is None

def test_lifespan():
    seen.clear()
    with TestClient(guild) as client:
        assert seen == ["up"]
        assert client.get("/items/3").json() == {"item": 3, "stock": "apples", "root": ""}
        client.post("/login?who=test")
        assert client.get("/me").json() == "test"
        assert client.post("/size", content=bytes(2_000_000)).json() == 2_000_000
    assert seen == ["up", "down"]

def test_stream():
    seen.clear()
    with TestClient(guild).stream("GET", "/steps") as response:
        chunks = response.iter_text()
        assert [next(chunks), next(chunks)] == ["first", "second"]
    assert seen == ["left"]

def test_error():
    try:
        TestClient(guild).get("/failing")
    except KeyError as error:
        return assert_apples(error)
    raise AssertionError("it was not raised")

def assert_apples(error):
    assert error.args == ("apples",)

def test_websocket():
    with TestClient(guild).websocket_connect("/echo") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "heard hello"

tests = [test_json, test_lifespan, test_stream, test_error, test_websocket]
for test in tests:
    test()
print("passed", len(tests))
"""

#: A plain callback cannot suspend, like any function in a browser without JSPI.
WITHOUT_JSPI = """
import js
from pyodide.ffi import create_once_callable

def call():
    try:
        TestClient(guild).get("/me")
    except Exception as error:
        refused.set_result(f"{type(error).__name__}: {error}")

refused = asyncio.get_running_loop().create_future()
js.setTimeout(create_once_callable(call), 0)
print(await refused)
"""


@pytest.fixture(scope="module")
def guild(notebook: Notebook) -> Notebook:
    """A notebook with an app that is not served yet."""
    notebook.run("%pip install httpx")
    assert notebook.run(GUILD).error == ""
    return notebook


def test_testclient_works_without_threads(guild: Notebook) -> None:
    outputs = guild.run(f"next_step.set()\n{TESTS}")
    assert outputs.error == ""
    assert "passed 5" in outputs.text
    assert guild.run(WITHOUT_JSPI).text.strip() == (
        "ServeError: This browser cannot wait inside a plain function, as TestClient must: "
        'serve the app, and write `await server.client.get("/")` at the top level of a cell.'
    )
    assert guild.value("1 + 1") == "2"


def test_cell_sends_requests_to_its_app(guild: Notebook) -> None:
    guild.run("next_step.clear()\nserver = %asgi_serve guild --open none")
    outputs = guild.run(REQUESTS)
    assert outputs.error == ""
    assert outputs.text.splitlines() == [
        f"3 apples {guild.base}asgi/guild",
        "4",
        "5000000",
        "first",
        "second",
        "500 KeyError: 'apples' KeyError: 'apples'",
    ]


def test_interrupt_ends_a_cell_that_sends_requests(guild: Notebook) -> None:
    guild.run("server = %asgi_serve guild --open none")
    cell = guild.start("print('started')\nwhile True: await server.client.get('/me')")
    guild.wait_for_text(cell, "started")
    guild.interrupt()
    # Its own code may run at that moment, or the app's, for which it waits.
    assert guild.finish(cell).error.split()[1] in ("KeyboardInterrupt", "CancelledError")
    assert guild.fetch("asgi/guild/me").status == 200


def test_client_has_cookies_of_its_own(guild: Notebook) -> None:
    guild.run("server = %asgi_serve guild --open none")
    guild.run('_ = await server.client.post("/login?who=client")')
    assert guild.fetch("asgi/guild/me").text == "null"
    guild.fetch("asgi/guild/login?who=page", method="POST")
    assert guild.fetch("asgi/guild/me").text == '"page"'
    assert guild.value('(await server.client.get("/me")).json()') == "'client'"


def test_client_of_a_replaced_or_stopped_app(guild: Notebook) -> None:
    guild.run("server = %asgi_serve guild --open none\nclient = server.client")
    guild.run("%asgi_serve guild --open none")
    assert guild.value('(await client.get("/items/3")).json()["item"]') == "3"
    guild.run("%asgi_stop guild")
    assert guild.run('await client.get("/")').error == (
        "Unreachable: The app 'guild' was stopped: serve it again and use the new server's client."
    )
