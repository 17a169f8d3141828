"""Logins of frameworks as they are, by a person in the panel."""

from __future__ import annotations

from lab import SLOW, Notebook
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

DJANGO = """
import django, tzdata
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/tmp/logins.sqlite3"}},
    DEBUG=True,
    INSTALLED_APPS=[
        f"django.contrib.{name}"
        for name in ("admin", "auth", "contenttypes", "messages", "sessions", "staticfiles")
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not one",
    STATIC_URL="static/",
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
    USE_TZ=True,
)
django.setup()

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
call_command("migrate", verbosity=0)
User.objects.create_superuser("ada", "ada@example.org", "lovelace")
office = ASGIStaticFilesHandler(get_asgi_application())
%asgi_serve office
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


def test_a_session_of_starlette(notebook: Notebook) -> None:
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


def test_the_admin_of_django_with_its_protection_against_forged_requests(
    notebook: Notebook,
) -> None:
    assert notebook.run(DJANGO).error == ""
    page = notebook.frame("office")
    # Nothing is at its root: the admin says itself where to log in.
    url = f"{notebook.site}asgi/office/admin/"
    notebook.panel("office").locator("iframe").evaluate("(frame, url) => { frame.src = url }", url)
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_contain_text("correct username and password")
    page.get_by_label("Password").fill("lovelace")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#user-tools")).to_contain_text("ada", timeout=SLOW)
    expect(page.locator("#header")).to_have_css("background-color", "rgb(65, 118, 144)")
    forged = notebook.fetch("asgi/office/admin/login/", method="POST", body="username=ada")
    assert forged.status == 403
    page.locator("#logout-form button").click()
    expect(page.locator("#content")).to_contain_text("Logged out")


def test_the_root_of_datasette(notebook: Notebook) -> None:
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
