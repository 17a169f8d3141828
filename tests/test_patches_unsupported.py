"""What a browser refuses, said by sentences: ``ui-tests/test_refusals.py`` tries them in one."""

from __future__ import annotations

import types

import pytest

from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.patches import PATCHES, run_functions

from .unpatched import complaint, python

CAUGHT = """
import asyncio

def run(coroutine):
    loop = asyncio.new_event_loop()  # asyncio.run() would end its pool by a thread
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()

def told(function, *args, **options):
    try:
        function(*args, **options)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""

RUN = {
    "uvicorn.run()": "import uvicorn; told(uvicorn.run, print)",
    "Server.run()": "import uvicorn; told(uvicorn.Server(uvicorn.Config(print)).run)",
    "app.run()": "import flask; told(flask.Flask('site').run)",
    "run_simple()": "import werkzeug.serving as s; told(s.run_simple, 'localhost', 8000, print)",
    "runserver": "import django.core.management.commands.runserver as r; told(r.Command().handle)",
}

#: A ``pyfetch`` that gives what its URL says, and httpx by it.
HTTPX = (
    CAUGHT
    + """
import sys, types

class Reader:
    def __init__(self):
        self.parts = [b"one", b"two"]
    async def read(self):
        if not self.parts:
            return types.SimpleNamespace(done=True)
        part = self.parts.pop(0)
        value = types.SimpleNamespace(to_bytes=lambda: part)
        return types.SimpleNamespace(done=False, value=value)
    async def cancel(self):
        print("cancelled")

async def pyfetch(url, **options):
    print(url, options)
    if "closed" in url:
        raise OSError("Failed to fetch")
    if "slow" in url:
        await asyncio.sleep(60)
    body = None if "empty" in url else types.SimpleNamespace(getReader=Reader)
    headers = {"content-type": "text/plain", "content-encoding": "gzip", "content-length": "9"}
    return types.SimpleNamespace(
        status=203, status_text="Fine", headers=headers,
        js_response=types.SimpleNamespace(body=body),
    )

pyodide = types.ModuleType("pyodide")
pyodide.http = types.ModuleType("pyodide.http")
pyodide.http.pyfetch = pyfetch
sys.modules |= {"pyodide": pyodide, "pyodide.http": pyodide.http}
import httpx
"""
)


def test_a_thread_that_cannot_start_says_what_to_do() -> None:
    said = python(f"{CAUGHT}thread = threading.Thread(target=print); told(thread.start)")
    assert said == (
        "RuntimeError: can't start new thread: a browser gives Python a single one, "
        "so write an `async def` and start it with `asyncio.create_task`\n"
    )


def test_a_thread_that_was_started_before_says_what_it_said() -> None:
    script = """
def start(thread):
    raise RuntimeError("threads can only be started once")

threading.Thread.start = start
from jupyterlite_asgi.patches.threading import patch_start
patch_start(threading)
told(threading.Thread().start)
"""
    assert python(CAUGHT + script) == "RuntimeError: threads can only be started once\n"


def test_a_socket_neither_listens_nor_connects() -> None:
    said = python(f"{CAUGHT}s = socket.socket(); told(s.listen); told(s.connect, ('localhost', 1))")
    assert said.split("\n")[:2] == [
        (
            "OSError: [Errno 95] a browser gives no port to listen on: "
            "serve the app with `%asgi_serve app` instead"
        ),
        (
            "OSError: [Errno 95] a browser opens no sockets: ask by HTTP instead, "
            "with `await pyodide.http.pyfetch(url)`, `httpx` or `requests`"
        ),
    ]


def test_a_program_is_refused() -> None:
    said = python(f"{CAUGHT}import subprocess; told(subprocess.run, ['ls'])")
    assert said == (
        "OSError: [Errno 95] a browser runs no other programs or processes: "
        "call a Python function that does it, or do it elsewhere and bring the result\n"
    )


def test_processes_are_refused_where_they_start_and_not_where_they_are_imported() -> None:
    script = """
import importlib.util, sys
missing = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name.startswith("_") else missing(name)
import multiprocessing
import multiprocessing.synchronize
sys.modules["_multiprocessing"].sem_unlink("none")
told(multiprocessing.Process().start)
told(multiprocessing.Lock)
"""
    process, lock, _ = python(CAUGHT + script).split("\n")
    assert process.startswith("OSError: [Errno 95] a browser runs no other programs or processes: ")
    assert lock.startswith("NotImplementedError: a browser runs no other programs or processes: ")


@pytest.mark.parametrize("called", RUN)
def test_what_runs_an_app_names_the_magic(called: str) -> None:
    assert python(CAUGHT + RUN[called]) == (
        f"ServeError: A browser gives {called} no port to listen on: "
        "write `%asgi_serve app` in its place.\n"
    )


def test_the_magic_is_named_with_the_variable_of_the_app() -> None:
    script = """
import types
import flask
import IPython.core.getipython

site = flask.Flask("shop")
shell = types.SimpleNamespace(user_ns={"_": site, "site": site})
IPython.core.getipython.get_ipython = lambda: shell
told(site.run, debug=True)
"""
    assert "write `%asgi_serve site` in its place." in python(CAUGHT + script)


def test_of_what_makes_its_app_itself_one_is_asked_for() -> None:
    module = types.ModuleType("nicegui.ui_run")
    vars(module).update(run=print)
    run_functions.patch_run(module)
    with pytest.raises(ServeError) as refused:
        module.run(title="Clicks")
    assert str(refused.value) == (
        "A browser gives ui.run() no port to listen on: "
        "write `app = FastAPI()`, `ui.run_with(app)` and `%asgi_serve app` in its place."
    )


def test_each_function_that_runs_an_app_is_patched_in_its_module() -> None:
    function = "run_functions.patch_run"
    patched = {
        patch.module
        for patches in PATCHES.values()
        for patch in patches
        if patch.function == function
    }
    assert patched == set(run_functions.RUNNERS)


def test_without_the_patch_uvicorn_wants_a_loop_of_its_own() -> None:
    script = """
import uvicorn
async def app(scope, receive, send): ...
async def cell():
    uvicorn.run(app)
run(cell())
"""
    assert "while another loop is running" in complaint(CAUGHT + script)


def test_httpx_asks_by_fetch() -> None:
    script = """
async def main():
    async with httpx.AsyncClient() as client:
        answer = await client.post("https://example.org/a", content=b"text", headers={"x": "1"})
        print(answer, answer.text, dict(answer.headers))
        print(repr((await client.get("https://example.org/empty")).text))

run(main())
"""
    assert python(HTTPX + script).splitlines() == [
        (
            "https://example.org/a {'method': 'POST', "
            "'headers': {'accept': '*/*', 'x': '1'}, 'body': b'text'}"
        ),
        "cancelled",
        "<Response [203 Fine]> onetwo {'content-type': 'text/plain'}",
        "https://example.org/empty {'method': 'GET', 'headers': {'accept': '*/*'}}",
        "''",
    ]


def test_httpx_tells_what_cannot_be_read_or_comes_too_late() -> None:
    script = """
async def main():
    for place, timeout in (("closed/x", 5), ("slow", 0.01)):
        try:
            async with httpx.AsyncClient(timeout=timeout) as client:
                await client.get("https://example.org/" + place)
        except httpx.TransportError as error:
            print(f"{type(error).__name__}: {error}")

run(main())
"""
    lines = python(HTTPX + script).splitlines()
    assert lines[1::2] == [
        (
            "ConnectError: the browser gave this page nothing from https://example.org: either it "
            "cannot be reached, or it does not let pages of other sites read it (CORS); "
            "ask one that does, or bring the data along"
        ),
        "ReadTimeout: no answer came in time",
    ]


def test_httpx_says_where_a_plain_function_cannot_wait() -> None:
    assert python(f"{HTTPX}told(httpx.get, 'https://example.org/')") == (
        "UnsupportedProtocol: this browser cannot wait for an answer in the middle of a function: "
        "await it, with httpx.AsyncClient\n"
    )


def test_urllib3_says_what_a_failed_fetch_may_mean() -> None:
    script = """
import types
from http.client import HTTPException
from jupyterlite_asgi.patches.urllib3 import patch_request

class EmscriptenHTTPConnection:
    scheme, host, port = "https", "example.org", 8443
    def request(self, method, url, body=None):
        raise HTTPException("Failed to fetch")

patch_request(types.SimpleNamespace(EmscriptenHTTPConnection=EmscriptenHTTPConnection))
told(EmscriptenHTTPConnection().request, "GET", "/a")
"""
    said = python(CAUGHT + script)
    assert said.startswith(
        "HTTPException: the browser gave this page nothing from https://example.org:8443: either"
    )


def test_pip_says_what_is_not_to_be_had() -> None:
    script = """
import types
from jupyterlite_asgi.patches.micropip import patch_find_wheel
from jupyterlite_asgi.patches.piplite import patch_query

class PiplitePyPIDisabled(ValueError): ...

async def query(name, **options):
    raise PiplitePyPIDisabled("PyPI fallback is disabled")

def find_wheel(metadata, requirement):
    raise ValueError("Can't find a pure Python 3 wheel\\\\nSee: ...")

piplite = types.SimpleNamespace(
    _query_package=query, PiplitePyPIDisabled=PiplitePyPIDisabled
)
micropip = types.SimpleNamespace(find_wheel=find_wheel)
patch_query(piplite)
patch_find_wheel(micropip)
told(run, piplite._query_package("numpy"))
told(micropip.find_wheel, None, "httptools>=0.9")
"""
    assert python(CAUGHT + script).splitlines() == [
        (
            "PiplitePyPIDisabled: numpy is not among the packages that this site carries, "
            "and it asks no index: do without it, "
            "or have it added to AsgiAddon.packages when the site is built"
        ),
        (
            "ValueError: httptools>=0.9 has no wheel that runs in a browser: "
            "try another version, or a package that is written in Python alone"
        ),
    ]
