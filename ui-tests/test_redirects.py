"""Redirects of an app: where they lead, and what becomes of method and body."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lab import Notebook
from playwright.sync_api import expect
from sites import serve_site

MOVES = """
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
moves = FastAPI()
METHODS = ["GET", "POST", "PUT", "HEAD"]

@moves.api_route("/go/{status}", methods=METHODS)
def go(status: int, to: str):
    response = Response(status_code=status)
    response.raw_headers.append((b"location", to.encode("latin-1")))
    return response

@moves.get("/refresh")
def refresh(then: str):
    return HTMLResponse("<!doctype html><p>wait", headers={"refresh": then})

@moves.get("/form")
def form():
    forms = [
        f'<form method="post" action="go/{status}?to=/seen/form">'
        f'<input name="who" value="Ada"><button>{status}</button></form>'
        for status in (301, 302, 303, 307, 308)
    ]
    return HTMLResponse("".join(forms))

@moves.api_route("/seen/{path:path}", methods=METHODS)
async def seen(path: str, request: Request):
    body = (await request.body()).decode()
    headers = {"x-method": request.method}
    return PlainTextResponse(f"{request.method} {path} {body}".strip(), headers=headers)

%asgi_serve moves
%asgi_serve moves --name moves_plain --open none --no-inject
"""

_SEND = """async ([url, method, body, redirect]) => {
  try {
    const response = await fetch(url, {method, body, redirect});
    const {type, redirected} = response;
    const seen = method === 'HEAD' ? response.headers.get('x-method') : await response.text();
    return {type, url: response.url, redirected, seen};
  } catch (error) {
    return error.name;
  }
}"""


@pytest.fixture(scope="module")
def app(notebook: Notebook) -> str:
    """The URL of the app."""
    assert notebook.run(MOVES).error == ""
    return f"{notebook.site}asgi/moves/"


def go(status: int, to: str) -> str:
    """The path of a redirect."""
    return f"go/{status}?to={quote(to)}"


def send(notebook: Notebook, url: str, method: str = "GET", redirect: str = "follow") -> Any:
    """What ``fetch`` of the lab's page sees at the end."""
    body = None if method in ("GET", "HEAD") else "a body"
    arguments = [url, method, body, redirect]
    return notebook.page.evaluate(_SEND, arguments)


def show(notebook: Notebook, url: str) -> None:
    """Load a page of the app in its panel."""
    panel = notebook.panel("moves").locator("iframe")
    panel.evaluate("(frame, url) => { frame.src = url; }", url)


def test_tabs_follow_wherever_it_leads(notebook: Notebook, app: str) -> None:
    origin = notebook.page.evaluate("() => origin")
    in_utf8 = "/seen/café?é".encode().decode("latin-1")
    tab = notebook.page.context.new_page()
    for path, led in [
        (go(301, "../seen/relative"), "seen/relative"),
        (go(302, "/seen/root?q=1"), "seen/root?q=1"),
        (go(303, f"{app}seen/absolute"), "seen/absolute"),
        (go(307, f"{origin}/seen/of-the-origin"), "seen/of-the-origin"),
        (go(308, f"/{go(302, '301?to=../seen/chain')}"), "seen/chain"),
        (go(302, in_utf8), "seen/caf%C3%A9?%C3%A9"),
        (go(302, "/seen/latin-\xe9"), "seen/latin-%E9"),
    ]:
        tab.goto(f"{app}{path}#top")
        assert tab.url == f"{app}{led}#top"
        expect(tab.locator("body")).to_contain_text("GET")
    tab.close()


def test_a_refresh_leads_into_the_app(notebook: Notebook, app: str) -> None:
    tab = notebook.page.context.new_page()
    # The second has no script in its pages that would lead it.
    for root in (app, f"{notebook.site}asgi/moves_plain/"):
        for then in ("0;url=/seen/root", "0; URL='seen/root'"):
            tab.goto(f"{root}refresh?then={quote(then)}")
            tab.wait_for_url(f"{root}seen/root")
            expect(tab.locator("body")).to_have_text("GET root")
    tab.close()


def test_forms_in_the_panel_keep_their_body_with_307_and_308(notebook: Notebook, app: str) -> None:
    frame = notebook.frame("moves")
    for status, seen in [
        (301, "GET form"),
        (302, "GET form"),
        (303, "GET form"),
        (307, "POST form who=Ada"),
        (308, "POST form who=Ada"),
    ]:
        show(notebook, f"{app}form?{status}")
        frame.get_by_role("button", name=str(status)).click()
        expect(frame.locator("body")).to_have_text(seen)
        assert frame.locator("body").evaluate("() => location.href") == f"{app}seen/form"


def test_fetch_follows_or_not_as_it_is_told(notebook: Notebook, app: str) -> None:
    for status, method, seen in [
        (301, "POST", "GET end"),
        (302, "POST", "GET end"),
        (303, "PUT", "GET end"),
        (302, "PUT", "PUT end a body"),
        (307, "POST", "POST end a body"),
        (308, "PUT", "PUT end a body"),
        (301, "HEAD", "HEAD"),
        (303, "HEAD", "HEAD"),
    ]:
        expected = {"type": "basic", "url": f"{app}seen/end", "redirected": True, "seen": seen}
        for to in ("/seen/end", "../seen/end", f"{app}seen/end"):
            assert send(notebook, app + go(status, to), method) == expected, (status, to)
    url = app + go(302, "/seen/end")
    manual = send(notebook, url, redirect="manual")
    assert manual == {"type": "opaqueredirect", "url": url, "redirected": False, "seen": ""}
    assert send(notebook, url, redirect="error") == "TypeError"
    assert notebook.fetch("asgi/moves/seen/end").headers["x-method"] == "GET"


def test_a_redirect_may_lead_to_another_origin(
    notebook: Notebook, app: str, engine: str, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text("elsewhere")
    allow = {"Access-Control-Allow-Origin": "*"}
    with serve_site(headers=allow, folder=tmp_path) as elsewhere:
        target = f"{elsewhere}page.txt"
        fetched = send(notebook, app + go(307, target))
        assert (fetched["type"], fetched["url"], fetched["seen"]) == ("cors", target, "elsewhere")
        assert fetched["redirected"] == (engine == "firefox")
        tab = notebook.page.context.new_page()
        tab.goto(app + go(302, target))
        assert (tab.url, tab.text_content("body")) == (target, "elsewhere")
        tab.close()
