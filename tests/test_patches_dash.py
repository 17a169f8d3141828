"""The patches for Dash: each test shows the failure without the patch, then the result with it.

Dash contains an extension for JupyterLab, which would get into every site built in the same
environment. So it is installed into a folder of its own.
"""

from __future__ import annotations

import pytest

from .support.scripts import CALL
from .unpatched import complaint, python

LIBRARY = "dash"

DASH = (
    CALL
    + """
import json, re
from dash import Dash, html
from jupyterlite_asgi.serving.wsgi import as_asgi_app

def make(**options):
    app = Dash("site", **options)
    app.layout = html.Div()
    return app

async def look(app, root):
    status, body = await call(as_asgi_app(app.server), "/any", root)
    config = json.loads(re.search('id="_dash-config"[^>]*>([^<]+)', body)[1])
    (renderer,) = re.findall('src="([^"]*)/_dash-component-suites/dash/dash-renderer', body)
    print(status, config["requests_pathname_prefix"], renderer)

async def main():
    await look(make(requests_pathname_prefix="/shop/"), "/demo/asgi/app")
    app = make()
    await look(app, "/demo/asgi/app")
    await look(app, "/demo/asgi/other")
    assert app.strip_relative_path("/demo/asgi/other/pages/1") == "pages/1"

run(main())
"""
)

PAGES = """
import contextvars
contextvars.Context().run(__import__, "dash")  # a context of its own, as for each cell
import dash
dash.Dash("site", use_pages=True, pages_folder="")
dash.register_page("tides", path="/tides", layout=dash.html.P())
print(*dash.page_registry)
"""


@pytest.mark.usefixtures("library")
def test_dash_knows_its_prefix() -> None:
    assert "AssertionError" in complaint(DASH)
    assert python(DASH).splitlines() == [
        "200 /shop/ /shop",
        "200 /demo/asgi/app/ /demo/asgi/app",
        "200 /demo/asgi/other/ /demo/asgi/other",
    ]


@pytest.mark.usefixtures("library")
def test_pages_can_be_registered_in_a_later_cell() -> None:
    assert "LookupError" in complaint(PAGES)
    assert python(PAGES) == "tides\n"
