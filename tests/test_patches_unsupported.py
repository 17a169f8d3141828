"""Errors for what a browser cannot do; ``ui-tests/test_refusals.py`` tests them in one."""

from __future__ import annotations

from .support.scripts import CAUGHT
from .unpatched import python


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
