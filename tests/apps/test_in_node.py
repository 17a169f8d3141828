"""The run of an app by the real Node.js and Pyodide."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyterlite_asgi.build.apps.prepare import preparer
from jupyterlite_asgi.build.node import find_node

from ..support.publishing import Publishing
from ..support.pyodide_core import cached_pyodide

NODE, PYODIDE = find_node(), cached_pyodide()

APP = """import json
import secrets

KEY = secrets.token_hex()


async def app(scope, receive, send):
    assert scope["type"] == "http"
    json.loads("{")
"""


@pytest.mark.skipif(
    not (NODE and PYODIDE), reason="there is no Node.js 24, or no Pyodide in the cache of a build"
)
def test_warnings_name_the_lines_of_the_app(publishing: Publishing) -> None:
    assert NODE
    assert PYODIDE
    app = publishing.app("shop")
    app.source.write_text(APP, "utf-8")
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["info"]
    contents = replace(publishing.contents(app), core=PYODIDE, info=info)
    drew, failed = preparer(NODE)(contents).warnings
    assert drew.startswith("shop.py, line 4 drew random numbers")
    assert "as shop.py, line 9 raised json.decoder.JSONDecodeError: " in failed
