"""A site in a folder with a non-ASCII name: routes match there with each framework."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser, expect
from sites import serve_site

#: "/Übung eins/", as browsers encode it.
BASE = "/%C3%9Cbung%20eins/"

STARLETTE = """
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route

def home(request):
    return HTMLResponse(f'''<!doctype html>
        <p>{request.session.get("name", "nobody")}</p>
        <form method="post" action="{request.url_for('greet')}">
          <input name="name" aria-label="Name"><button>Greet</button>
        </form>
        <a href="{request.url_for('inner:page')}">inside</a> <a href="/page">at the root</a>''')

async def greet(request):
    request.session["name"] = (await request.form())["name"]
    return RedirectResponse(request.url_for("home"), 303)

def page(request):
    return PlainTextResponse("page of " + request.scope["path"])

star = Starlette(
    routes=[
        Route("/", home), Route("/greet", greet, methods=["POST"]), Route("/page", page),
        Mount("/inner", routes=[Route("/page", page, name="page")], name="inner"),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key="not one")],
)
%asgi_serve star
"""

FLASK = """
%pip install flask

from flask import Flask, redirect, request, session, url_for

flask_app = Flask("shop")
flask_app.secret_key = "not one"

@flask_app.get("/")
def home():
    name = session.get("name", "nobody")
    form = "<form method=post><input name=name aria-label=Name><button>Greet</button></form>"
    return f"<p>{name}</p>{form}"

@flask_app.post("/")
def greet():
    session["name"] = request.form["name"]
    return redirect(url_for("home"))

%asgi_serve flask_app --name flask
"""


@pytest.fixture(scope="module")
def there(browser: Browser) -> Iterator[Notebook]:
    """A notebook on that site."""
    with serve_site(BASE) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run("%pip install starlette python-multipart itsdangerous")
        yield notebook


@pytest.mark.parametrize(("name", "cell"), [("star", STARLETTE), ("flask", FLASK)])
def test_form_session_and_redirect(there: Notebook, name: str, cell: str) -> None:
    assert there.run(cell).error == ""
    page = there.frame(name)
    page.get_by_label("Name").fill("Zoë")
    page.get_by_role("button", name="Greet").click()
    expect(page.get_by_role("paragraph")).to_have_text("Zoë")


def test_links_stay_in_the_app(there: Notebook) -> None:
    there.run(STARLETTE.replace("%asgi_serve star", "%asgi_serve star --name links"))
    root = "/Übung eins/asgi/links"
    for link, path in [("inside", "/inner/page"), ("at the root", "/page")]:
        page = there.visit("links")
        page.get_by_role("link", name=link).click()
        expect(page.locator("body")).to_have_text(f"page of {root}{path}")
