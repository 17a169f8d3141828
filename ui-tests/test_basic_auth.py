"""HTTP Basic authentication, as FastAPI's tutorial uses it."""

from __future__ import annotations

import itertools

import pytest
from lab import Notebook
from playwright.sync_api import Page, expect

BASIC = """
from typing import Annotated
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
basic = FastAPI()

def user(given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic(realm="Staff"))]):
    if given.password != "pw":
        raise HTTPException(401, "wrong password", {"www-authenticate": 'Basic realm="Staff"'})
    return given.username

@basic.get("/free")
def free():
    return HTMLResponse("<form action=save method=post><input name=x value=1><button>b</button>")

@basic.get("/me")
def me(name: Annotated[str, Depends(user)]):
    return name

@basic.post("/save")
async def save(request: Request, name: Annotated[str, Depends(user)]):
    return [name, (await request.form())["x"]]
""".replace("FastAPI, HTTPException", "FastAPI, HTTPException, Request")

XHR = """([...credentials]) => new Promise(resolve => {
  const request = new XMLHttpRequest();
  request.open('GET', 'me', true, ...credentials);
  request.onload = () => resolve(`${request.status} ${request.responseText}`);
  request.send();
})"""

FETCH = "async () => (await fetch('me')).status"

_numbers = itertools.count(1)


@pytest.fixture
def root(notebook: Notebook) -> str:
    """The URL of the app under a new name, which nobody has signed in to."""
    name = f"basic-{next(_numbers)}"
    outputs = notebook.run(f"{BASIC}\n%asgi_serve basic --name {name} --open none")
    assert outputs.error == ""
    return f"{notebook.site}asgi/{name}/"


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("User").fill("ann")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_navigation_asks_for_a_user_until_it_is_accepted(root: str, tab: Page) -> None:
    tab.goto(f"{root}free")
    assert tab.evaluate(FETCH) == 401  # without asking
    tab.goto(f"{root}me")
    expect(tab.locator("h1")).to_have_text("Sign in to Staff")
    pages = tab.evaluate("history.length")
    sign_in(tab, "no")
    expect(tab.get_by_role("status")).to_contain_text("did not accept")
    sign_in(tab, "pw")
    expect(tab.locator("body")).to_contain_text("ann")
    assert (tab.url, tab.evaluate("history.length")) == (f"{root}me", pages)
    tab.goto(f"{root}free")
    assert tab.evaluate(FETCH) == 200


def test_cancel_shows_the_apps_own_response(root: str, tab: Page) -> None:
    tab.goto(f"{root}me")
    tab.get_by_role("button", name="Cancel").click()
    expect(tab.locator("body")).to_contain_text("Not authenticated")


def test_form_is_posted_after_signing_in(root: str, tab: Page) -> None:
    tab.goto(f"{root}free")
    tab.locator("button").click()
    expect(tab.locator("h1")).to_have_text("Sign in to Staff")
    sign_in(tab, "pw")
    expect(tab.locator("body")).to_have_text('["ann","1"]')


def test_credentials_of_an_xhr_are_used_and_kept(root: str, tab: Page) -> None:
    tab.goto(f"{root}free")
    assert tab.evaluate(XHR, []) == '401 {"detail":"Not authenticated"}'
    assert tab.evaluate(XHR, ["ann", "pw"]) == '200 "ann"'
    assert tab.evaluate(XHR, []) == '200 "ann"'


@pytest.mark.only("chromium", "Firefox sends such navigations past the service worker")
def test_credentials_in_the_url_of_a_navigation_are_used_and_removed(root: str, tab: Page) -> None:
    tab.goto(f"{root}me".replace("://", "://cat:pw@"))
    expect(tab.locator("body")).to_contain_text("cat")
    assert tab.evaluate("document.URL") == f"{root}me"
    assert tab.evaluate(FETCH) == 200
