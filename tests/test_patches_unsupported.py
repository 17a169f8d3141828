"""Errors for what a browser cannot do; ``ui-tests/test_refusals.py`` tests them in one."""

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

def show(function, *args, **options):
    try:
        function(*args, **options)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""

RUN = {
    "uvicorn.run()": "import uvicorn; show(uvicorn.run, print)",
    "Server.run()": "import uvicorn; show(uvicorn.Server(uvicorn.Config(print)).run)",
    "app.run()": "import flask; show(flask.Flask('site').run)",
    "run_simple()": "import werkzeug.serving as s; show(s.run_simple, 'localhost', 8000, print)",
    "runserver": "from django.core.management.commands.runserver import Command; "
    "show(Command().handle)",
}

#: A fake ``pyfetch`` whose response depends on the URL, and httpx on top of it.
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


def test_thread_that_cannot_start_says_what_to_do() -> None:
    output = python(f"{CAUGHT}thread = threading.Thread(target=print); show(thread.start)")
    assert output == (
        "RuntimeError: can't start new thread: Python has only one in a browser, "
        "so write an `async def` and start it with `asyncio.create_task`\n"
    )


def test_other_errors_of_a_thread_are_unchanged() -> None:
    script = """
def start(thread):
    raise RuntimeError("threads can only be started once")

threading.Thread.start = start
from jupyterlite_asgi.patches.threading import patch_start
patch_start(threading)
show(threading.Thread().start)
"""
    assert python(CAUGHT + script) == "RuntimeError: threads can only be started once\n"


def test_socket_refuses_to_listen_and_to_connect() -> None:
    output = python(
        f"{CAUGHT}s = socket.socket(); show(s.listen); show(s.connect, ('localhost', 1))"
    )
    assert output.split("\n")[:2] == [
        (
            "OSError: [Errno 95] ports are not available in a browser: "
            "serve the app with `%asgi_serve app` instead"
        ),
        (
            "OSError: [Errno 95] sockets are not available in a browser: use HTTP instead, "
            "with `await pyodide.http.pyfetch(url)`, `httpx` or `requests`"
        ),
    ]


def test_subprocess_is_refused() -> None:
    output = python(f"{CAUGHT}import subprocess; show(subprocess.run, ['ls'])")
    assert output == (
        "OSError: [Errno 95] other programs and processes cannot run in a browser: "
        "use a Python function instead, or run it elsewhere and upload the result\n"
    )


def test_multiprocessing_can_be_imported_but_not_used() -> None:
    script = """
import importlib.util, sys
missing = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name.startswith("_") else missing(name)
import multiprocessing
import multiprocessing.synchronize
sys.modules["_multiprocessing"].sem_unlink("none")
show(multiprocessing.Process().start)
show(multiprocessing.Lock)
"""
    process, lock, _ = python(CAUGHT + script).split("\n")
    assert process.startswith(
        "OSError: [Errno 95] other programs and processes cannot run in a browser: "
    )
    assert lock.startswith(
        "NotImplementedError: other programs and processes cannot run in a browser: "
    )


@pytest.mark.parametrize("called", RUN)
def test_function_that_runs_an_app_suggests_the_magic(called: str) -> None:
    assert python(CAUGHT + RUN[called]) == (
        f"ServeError: {called} cannot listen on a port in a browser: "
        "write `%asgi_serve app` instead.\n"
    )


def test_suggestion_has_the_name_of_the_variable() -> None:
    script = """
import types
import flask
import IPython.core.getipython

site = flask.Flask("shop")
shell = types.SimpleNamespace(user_ns={"_": site, "site": site})
IPython.core.getipython.get_ipython = lambda: shell
show(site.run, debug=True)
"""
    assert "write `%asgi_serve site` instead." in python(CAUGHT + script)


def test_suggestion_for_nicegui_creates_an_app() -> None:
    module = types.ModuleType("nicegui.ui_run")
    vars(module).update(run=print)
    run_functions.patch_run(module)
    with pytest.raises(ServeError) as refused:
        module.run(title="Clicks")
    assert str(refused.value) == (
        "ui.run() cannot listen on a port in a browser: "
        "write `app = FastAPI()`, `ui.run_with(app)` and `%asgi_serve app` instead."
    )


def test_each_function_that_runs_an_app_is_patched() -> None:
    function = "run_functions.patch_run"
    patched = {
        patch.module
        for patches in PATCHES.values()
        for patch in patches
        if patch.function == function
    }
    assert patched == set(run_functions.RUNNERS)


def test_uvicorn_fails_without_the_patch() -> None:
    script = """
import uvicorn
async def app(scope, receive, send): ...
async def cell():
    uvicorn.run(app)
run(cell())
"""
    assert "while another loop is running" in complaint(CAUGHT + script)


def test_httpx_uses_fetch() -> None:
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


def test_httpx_reports_unreadable_sites_and_timeouts() -> None:
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
            "ConnectError: the browser could not read from https://example.org: either it is "
            "unreachable, or it does not allow other sites to read it (CORS); use a site that "
            "does, or include the data in your site"
        ),
        "ReadTimeout: no response arrived in time",
    ]


def test_httpx_in_a_plain_function_suggests_the_async_client() -> None:
    assert python(f"{HTTPX}show(httpx.get, 'https://example.org/')") == (
        "UnsupportedProtocol: this browser cannot wait for a response inside a plain function: "
        "await it, with httpx.AsyncClient\n"
    )


def test_urllib3_explains_a_failed_fetch() -> None:
    script = """
import types
from http.client import HTTPException
from jupyterlite_asgi.patches.urllib3 import patch_request

class EmscriptenHTTPConnection:
    scheme, host, port = "https", "example.org", 8443
    def request(self, method, url, body=None):
        raise HTTPException("Failed to fetch")

patch_request(types.SimpleNamespace(EmscriptenHTTPConnection=EmscriptenHTTPConnection))
show(EmscriptenHTTPConnection().request, "GET", "/a")
"""
    output = python(CAUGHT + script)
    assert output.startswith(
        "HTTPException: the browser could not read from https://example.org:8443: either"
    )


def test_pip_says_which_package_is_unavailable() -> None:
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
show(run, piplite._query_package("numpy"))
show(micropip.find_wheel, None, "httptools>=0.9")
"""
    assert python(CAUGHT + script).splitlines() == [
        (
            "PiplitePyPIDisabled: numpy is not among this site's packages, "
            "and the site uses no package index: do without it, "
            "or have it added to AsgiAddon.packages in the site's build"
        ),
        (
            "ValueError: httptools>=0.9 has no wheel that runs in a browser: "
            "try another version, or a pure Python package"
        ),
    ]
