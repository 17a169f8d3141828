"""FastHTML: a page made of its elements, and a form sent by htmx."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework(
    name="FastHTML",
    distribution="python-fasthtml",
    patches=("anyio.patch_worker_threads",),
    needs="Its pages load scripts from a CDN. For an offline site pass `default_hdrs=False` and "
    "list htmx in `hdrs`: the site can bundle htmx ([how](offline.md#files-from-a-cdn)), but not "
    "the other scripts, which come from `cdn.jsdelivr.net/gh/` instead of npm.",
)

APP = """
%pip install python-fasthtml

from fasthtml.common import *

htmx = Script(src="https://cdn.jsdelivr.net/npm/htmx.org@2.0.7/dist/htmx.js")
app = FastHTML(default_hdrs=False, hdrs=[htmx], secret_key="not one")
route = app.route
chores = ["sweep"]


@route("/")
def home(session):
    session["visits"] = session.get("visits", 0) + 1
    field = Input(name="chore", aria_label="Chore")
    add = Form(field, Button("Add"), hx_post="add", hx_target="#chores", hx_swap="beforeend")
    return Titled("Chores", add, Ul(*map(Li, chores), id="chores"), P(session["visits"]))


@route("/add")
def post(chore: str):
    chores.append(chore)
    return Li(chore)


%asgi_serve app
"""


@pytest.mark.works("`def` routes, elements, sessions, forms sent by htmx")
def test_htmx_adds_a_chore_without_a_reload(served: Notebook) -> None:
    page = served.frame("app")
    visits = page.get_by_role("paragraph").inner_text()
    page.get_by_label("Chore").fill("dust & shine")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text(["sweep", "dust & shine"])
    assert page.get_by_role("paragraph").inner_text() == visits
    again = served.visit("app")
    expect(again.get_by_role("listitem")).to_have_text(["sweep", "dust & shine"])
    expect(again.get_by_role("paragraph")).to_have_text(str(int(visits) + 1))
