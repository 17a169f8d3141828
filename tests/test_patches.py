from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest
from anyio import from_thread
from anyio._backends import _asyncio as backend
from fastapi import Depends, FastAPI, UploadFile
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from jupyterlite_asgi import patches
from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import Cancel, FromKernel
from jupyterlite_asgi.hosts.browser.protocol import Request as WorkerRequest
from jupyterlite_asgi.patches import probes

from .support.apps import run_app
from .unpatched import python

if TYPE_CHECKING:
    from .support.exchange import Exchange

CALL = "run_sync_in_worker_thread"


@pytest.mark.usefixtures("unpatched")
def test_def_endpoint_fails_without_the_patch(exchange: Exchange) -> None:
    assert "can't start new thread" in exchange(Starlette(routes=[Route("/", text)])).text


def text(request: Request) -> Response:
    return PlainTextResponse(f"hello from {threading.current_thread().name}")


@pytest.mark.usefixtures("patched")
def test_def_endpoint_of_starlette(exchange: Exchange) -> None:
    assert exchange(Starlette(routes=[Route("/", text)])).text == "hello from MainThread"


@pytest.mark.usefixtures("patched")
def test_def_endpoint_and_dependency_of_fastapi(exchange: Exchange) -> None:
    app = FastAPI()

    def who() -> str:
        return "ada"

    @app.get("/")
    def home(name: str = Depends(who)) -> dict[str, str]:
        return {"hello": name}

    assert exchange(app).text == '{"hello":"ada"}'


@pytest.mark.usefixtures("patched")
def test_exception_of_a_def_endpoint_is_reported(exchange: Exchange) -> None:
    def home(request: Request) -> Response:
        raise ValueError("closed")

    answer = exchange(Starlette(routes=[Route("/", home)]))
    assert answer.text.startswith("ValueError: closed")


@pytest.mark.usefixtures("patched")
def test_file_response(exchange: Exchange, tmp_path: Path) -> None:
    file = tmp_path / "hello.txt"
    file.write_text("hello" * 100_000, "ascii")

    async def home(request: Request) -> Response:
        return FileResponse(file)

    answer = exchange(Starlette(routes=[Route("/", home)]))
    assert answer.headers[b"content-length"] == b"500000"
    assert answer.text == "hello" * 100_000


@pytest.mark.usefixtures("patched")
def test_static_files(exchange: Exchange, tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("body {}", "ascii")
    app = Starlette(routes=[Mount("/static", StaticFiles(directory=tmp_path))])
    assert exchange(app, "/static/style.css").text == "body {}"
    assert exchange(app, "/static/none.css").status == 404


@pytest.mark.usefixtures("patched")
def test_jinja_template(exchange: Exchange, tmp_path: Path) -> None:
    (tmp_path / "home.html").write_text("<p>{{ name }} {{ url_for('home') }}</p>", "ascii")
    templates = Jinja2Templates(tmp_path)

    def home(request: Request) -> Response:
        return templates.TemplateResponse(request, "home.html", {"name": "<ada>"})

    answer = exchange(Starlette(routes=[Route("/", home)]))
    assert answer.text == "<p>&lt;ada&gt; https://example.org/demo/asgi/app/</p>"


@pytest.mark.usefixtures("patched")
def test_upload_of_more_than_starlette_keeps_in_memory(exchange: Exchange) -> None:
    app = FastAPI()

    @app.post("/")
    def take(file: UploadFile) -> dict[str, int]:
        return {"size": len(file.file.read())}

    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'
    parts = [head, *[bytes(256 * 1024)] * 8, b"\r\n--x--\r\n", b""]
    kind = [(b"content-type", b"multipart/form-data; boundary=x")]
    answer = exchange(app, method="POST", headers=kind, body=parts)
    assert answer.text == '{"size":2097152}'


@pytest.mark.usefixtures("patched")
def test_background_task(exchange: Exchange) -> None:
    done: list[str] = []

    async def home(request: Request) -> Response:
        return PlainTextResponse("hello", background=BackgroundTask(done.append, "done"))

    assert exchange(Starlette(routes=[Route("/", home)])).text == "hello"
    assert done == ["done"]


@pytest.mark.usefixtures("patched")
def test_stream_of_a_plain_generator(exchange: Exchange) -> None:
    app = FastAPI()

    @app.get("/")
    def home() -> StreamingResponse:
        return StreamingResponse(str(number) for number in range(3))

    answer = exchange(app)
    assert [chunk for chunk in answer.chunks if chunk] == [b"0", b"1", b"2"]


@pytest.mark.usefixtures("patched")
def test_disconnect_ends_a_long_plain_generator() -> None:
    def post(message: FromKernel) -> None:
        posted.append(message)
        if len(posted) == 3:
            asyncio.get_running_loop().call_soon(connection.deliver, Cancel("1"))

    async def home(request: Request) -> Response:
        return StreamingResponse(str(number) for number in range(1000))

    url = "https://example.org/"
    request = WorkerRequest("1", "worker", 0, "GET", url, b"", False)
    posted: list[FromKernel] = []
    connection = BrowserHttpConnection(request, post, "")
    app = Starlette(routes=[Route("/", home)])
    asyncio.run(run_app(app, connection))
    assert len(posted) < 10


@pytest.mark.usefixtures("patched")
def test_call_runs_in_a_copy_of_the_context(exchange: Exchange) -> None:
    user = contextvars.ContextVar("user", default="nobody")
    seen: list[str] = []

    def call() -> None:
        seen.append(user.get())
        user.set("changed in the call")

    async def home(request: Request) -> Response:
        user.set("ada")
        await anyio.to_thread.run_sync(call)
        return PlainTextResponse(user.get())

    assert exchange(Starlette(routes=[Route("/", home)])).text == "ada"
    assert seen == ["ada"]


@pytest.mark.usefixtures("patched")
def test_installing_twice_changes_nothing() -> None:
    call = vars(backend.AsyncIOBackend)[CALL]
    patches.install()
    assert vars(backend.AsyncIOBackend)[CALL] is call


def test_nothing_is_patched_if_threads_can_start() -> None:
    probes.threads_cannot_start.cache_clear()

    def seen() -> list[object]:
        portal = from_thread.BlockingPortal._check_running
        waits = threading.Condition.wait, from_thread.start_blocking_portal, portal
        return [vars(backend.AsyncIOBackend)[CALL], *waits, *sys.meta_path]

    before = seen()
    patches.install()
    assert seen() == before


def test_late_import_is_patched() -> None:
    script = """
import sys
assert "anyio" not in sys.modules

import anyio.to_thread

print(anyio.run(anyio.to_thread.run_sync, lambda: "in place"))
"""
    assert python(script) == "in place\n"


def test_patched_module_still_has_its_source() -> None:
    script = """
import inspect
import anyio._backends._asyncio as backend
import importlib.util

assert "class AsyncIOBackend" in inspect.getsource(backend)
assert "class AsyncIOBackend" in backend.__loader__.get_source(backend.__name__)
print(importlib.util.find_spec("anyio._backends._asyncio").origin == backend.__file__)
"""
    assert python(script) == "True\n"


def test_loading_the_extension_installs_the_patches() -> None:
    script = """
from unittest.mock import Mock
import jupyterlite_asgi

jupyterlite_asgi.load_ipython_extension(Mock(kernel=None, display_formatter=None))
import anyio.from_thread

print(anyio.from_thread.start_blocking_portal.__module__)
"""
    assert python(script) == "jupyterlite_asgi.patches.anyio\n"
