"""Logins with the frameworks' own sessions, in the panel."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import expect

SESSIONS = """
import itsdangerous
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

async def home(request):
    who = request.session.get("who", "nobody")
    return HTMLResponse(f'''<!doctype html><h1>{who}</h1>
<form method="post" action="/login"><input name="who"><button>Log in</button></form>
<form method="post" action="/logout"><button>Log out</button></form>''')

async def login(request):
    request.session["who"] = (await request.form())["who"]
    return RedirectResponse("/", 303)

async def logout(request):
    request.session.clear()
    return RedirectResponse("/", 303)

sessions = Starlette(
    routes=[
        Route("/", home),
        Route("/login", login, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key="not one", same_site="strict")],
)
%asgi_serve sessions
"""

DATASETTE = """
import sqlite3
from datasette.app import Datasette

plants = sqlite3.connect("/tmp/plants.db")
plants.executescript(
    "drop table if exists trees; create table trees (id integer primary key, name text);"
    "insert into trees (name) values ('oak'), ('elm');"
)
plants.close()
ds = Datasette(["/tmp/plants.db"])
ds.root_enabled = True
%asgi_serve ds.app() --open panel
"""


def test_session_of_starlette(notebook: Notebook) -> None:
    assert notebook.run(SESSIONS).error == ""
    page = notebook.frame("sessions")
    heading = page.get_by_role("heading")
    expect(heading).to_have_text("nobody")
    page.locator("input").fill("ada")
    page.get_by_role("button", name="Log in").click()
    expect(heading).to_have_text("ada")
    notebook.reload_panel("sessions")
    expect(heading).to_have_text("ada")
    page.get_by_role("button", name="Log out").click()
    expect(heading).to_have_text("nobody")


def test_root_login_of_datasette(notebook: Notebook) -> None:
    assert notebook.run(DATASETTE).error == ""
    page = notebook.frame("ds")
    expect(page.get_by_role("link", name="plants")).to_be_visible()
    token = notebook.value("ds._root_token").strip("'")
    url = f"{notebook.site}asgi/ds/-/auth-token?token={token}"
    notebook.panel("ds").locator("iframe").evaluate("(frame, url) => { frame.src = url }", url)
    expect(page.locator("body")).to_contain_text("root")
    page.get_by_role("link", name="plants").click()
    page.get_by_role("link", name="trees").click()
    expect(page.locator("table")).to_contain_text("elm")
    assert "root" in notebook.fetch("asgi/ds/-/actor.json").text
