"""What only a kernel shows of interfaces: whole paths, and libraries with threads and waits."""

from __future__ import annotations

import json

import pytest
from lab import Notebook
from material import installing
from playwright.sync_api import expect

ASGI_MICRODOT = """
from microdot.asgi import Microdot, redirect
dot = Microdot()

@dot.route("/")
async def home(request):
    return '<a href="/about">About</a>', {"Content-Type": "text/html"}

@dot.route("/about")
async def about(request):
    return redirect("/there")

@dot.route("/there")
async def there(request):
    return "<h1>there</h1>", {"Content-Type": "text/html"}

%asgi_serve dot
"""

WSGI_MICRODOT = """
import asyncio
from microdot.wsgi import Microdot
dots = Microdot()

@dots.route("/double", methods=["POST"])
async def double(request):
    await asyncio.sleep(0)
    return str(2 * request.json)

%asgi_serve dots --open none
"""

WHOLE = """
async def whole(scope, receive, send):
    page = {"/": b'<a href="/about">About</a>', "/about": b"<h1>about</h1>"}.get(scope["path"])
    headers = [(b"content-type", b"text/html")]
    status = 200 if page else 404
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page or b"not found"})

%asgi_serve whole --open none
"""

VALIDATED = """
from wsgiref.validate import validator
def inner(environ, start_response):
    body = environ["wsgi.input"].read(9)
    environ["wsgi.errors"].write("to the log\\n")
    environ["wsgi.errors"].flush()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"valid ", body]
valid = validator(inner)
server = %asgi_serve valid --open none
"""

ENDPOINT = """
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse
class Endpoint(HTTPEndpoint):
    async def get(self, request):
        return PlainTextResponse("hello")
%asgi_serve Endpoint --open none
"""

SQLITE = """
import aiosqlite
from fastapi import FastAPI
rows = FastAPI()

@rows.get("/")
async def home():
    async with aiosqlite.connect("/tmp/rows.db") as db:
        await db.execute("create table if not exists rows (number)")
        await db.execute("insert into rows values (1)")
        await db.commit()
        async with db.execute("select number from rows") as cursor:
            return [row[0] async for row in cursor]

%asgi_serve rows --open none
"""

WAITS = """
import queue, threading, time
from fastapi import FastAPI
waits = FastAPI()
locks = {"Lock": threading.Lock(), "RLock": threading.RLock()}
inside = []

@waits.get("/")
def home():
    return "hello"

@waits.get("/forever/{kind}")
def forever(kind: str):
    ways = {
        "queue": queue.Queue().get, "simple": queue.SimpleQueue().get,
        "event": threading.Event().wait,
    }
    ways[kind]()

@waits.get("/locked/{kind}")
def locked(kind: str):
    with locks[kind]:
        inside.append(1)
        time.sleep(0.2)
        return len(inside), inside.pop()

%asgi_serve waits --open none --timeout 2
"""

THREADS = """
import queue, threading, time
tasks, results, own = queue.Queue(), [], threading.local()
own.name = "main"

def work():
    results.append(hasattr(own, "name"))
    own.name = "worker"
    while (task := tasks.get()) is not None:
        time.sleep(0.01)
        results.append(task * 2)

thread = threading.Thread(target=work, daemon=True)
thread.start()
for task in (1, 2, None):
    tasks.put(task)
thread.join()
timer = threading.Timer(0.01, results.append, [3])
timer.start()
timer.join()
print(results, own.name, thread.is_alive(), timer.is_alive())
try:
    thread.start()
except RuntimeError as error:
    print(error)
"""

HINT = "because it compares whole paths, which begin with {}asgi/whole here: serve it with --strip"


@pytest.fixture(scope="module")
def equipped(notebook: Notebook) -> Notebook:
    """The notebook, with the libraries."""
    for package in ("aiosqlite", "microdot"):
        assert notebook.run(installing(package)).error == ""
    return notebook


def test_microdot_routes_below_its_prefix(equipped: Notebook) -> None:
    assert equipped.run(ASGI_MICRODOT).error == ""
    page = equipped.frame("dot")
    page.get_by_role("link").click()
    expect(page.get_by_role("heading")).to_have_text("there")


def test_microdot_as_a_wsgi_app(equipped: Notebook) -> None:
    assert equipped.run(WSGI_MICRODOT).error == ""
    headers = {"content-type": "application/json"}
    answer = equipped.fetch("asgi/dots/double", method="POST", headers=headers, body="21")
    assert (answer.status, answer.text) == (200, "42")


def test_app_that_compares_whole_paths(notebook: Notebook) -> None:
    cell = notebook.start(WHOLE)
    assert notebook.finish(cell).error == ""
    for _ in range(2):
        assert notebook.fetch("asgi/whole/").status == 404
    notebook.wait_for_text(cell, HINT.format(notebook.base))
    assert notebook.outputs(cell).text.count("--strip-prefix") == 1
    served = notebook.run(WHOLE.replace("--open none", "--strip-prefix"))
    assert (served.error, "--strip-prefix" in served.text) == ("", False)
    page = notebook.frame("whole")
    page.get_by_role("link").click()
    expect(page.get_by_role("heading")).to_have_text("about")


def test_app_with_any_arguments(notebook: Notebook) -> None:
    assert notebook.run(VALIDATED).error == ""
    answer = notebook.fetch("asgi/valid/", method="POST", body="body")
    assert (answer.status, answer.text) == (200, "valid body")
    assert notebook.value("server.log") == "to the log"


def test_class_that_is_an_app(notebook: Notebook) -> None:
    assert notebook.run(ENDPOINT).error == ""
    assert notebook.fetch("asgi/Endpoint/").text == "hello"


def test_aiosqlite(equipped: Notebook) -> None:
    assert equipped.run(SQLITE).error == ""
    assert [equipped.fetch("asgi/rows/").text for _ in range(2)] == ["[1]", "[1,1]"]


def test_threads_and_timers(notebook: Notebook) -> None:
    outputs = notebook.run(THREADS)
    assert outputs.text == "[False, 2, 4, 3] main False False\nthreads can only be started once\n"


@pytest.mark.parametrize("kind", ["queue", "simple", "event"])
def test_wait_that_never_ends_leaves_the_kernel_free(notebook: Notebook, kind: str) -> None:
    assert notebook.run(WAITS).error == ""
    assert notebook.fetch(f"asgi/waits/forever/{kind}").status == 504
    assert notebook.fetch("asgi/waits/").text == '"hello"'


@pytest.mark.parametrize("kind", ["Lock", "RLock"])
def test_lock_held_by_a_request_that_waits(notebook: Notebook, kind: str) -> None:
    assert notebook.run(WAITS).error == ""
    urls = [f"{notebook.site}asgi/waits/locked/{kind}?{number}" for number in range(3)]
    answers = notebook.page.evaluate(
        "urls => Promise.all(urls.map(async url => (await fetch(url)).text()))", urls
    )
    assert [json.loads(answer) for answer in answers] == [[1, 1]] * 3
