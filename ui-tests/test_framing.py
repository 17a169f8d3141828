"""An app that forbids framing works in its panel; see also `worker/test_framing.py`."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import expect

GUARDED = """
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
guarded = FastAPI()

@guarded.get("/")
def page():
    return HTMLResponse('''<!doctype html><p>guarded</p>
        <p id="styled" style="color: red">styled</p><iframe src="inner"></iframe>''')

@guarded.get("/inner")
def inner():
    return HTMLResponse("<!doctype html><p>inner</p>")

@guarded.middleware("http")
async def guard(request, call_next):
    response = await call_next(request)
    response.headers["x-frame-options"] = "DENY"
    response.headers["content-security-policy"] = "style-src 'none'; frame-ancestors 'none'"
    response.headers.append("content-security-policy", "frame-ancestors https://example.org")
    return response

%asgi_serve guarded
"""

_COLOR = "element => getComputedStyle(element).color"


def test_app_that_forbids_framing_is_shown_in_its_panel(notebook: Notebook) -> None:
    notebook.run(GUARDED)
    page = notebook.frame("guarded")
    expect(page.locator("p").first).to_have_text("guarded")
    expect(page.frame_locator("iframe").locator("p")).to_have_text("inner")
    # The rest of the policy applies.
    assert page.locator("#styled").evaluate(_COLOR) == "rgb(0, 0, 0)"
