"""The cookies of apps, kept in the kernel."""

from __future__ import annotations

from urllib.parse import quote

from lab import Notebook, wait_until

LOGIN = """
from typing import Annotated
from fastapi import Cookie, FastAPI, Response
from fastapi.responses import HTMLResponse, RedirectResponse

{name} = FastAPI()

@{name}.post("/login")
def login(response: Response, who: str):
    response.set_cookie("who", who, httponly=True, samesite="strict")
    response.set_cookie("theme", "dark", path="/settings", max_age=3600)

@{name}.post("/logout")
def logout(response: Response):
    response.delete_cookie("who")

@{name}.get("/clear")
def clear(what: str, then: str = ""):
    headers = {{"clear-site-data": what, "set-cookie": "new=1"}}
    if then:
        return RedirectResponse(then, headers=headers)
    return HTMLResponse("<!doctype html><title>out</title>", headers=headers)

@{name}.get("/{{path:path}}")
def read(who: Annotated[str, Cookie()] = "nobody", theme: Annotated[str, Cookie()] = "light"):
    return f"{{who}} {{theme}}"

%asgi_serve {name} --open none
"""


def test_login_lasts_until_logout(notebook: Notebook) -> None:
    notebook.run(LOGIN.format(name="club"))
    assert notebook.fetch("asgi/club/").text == '"nobody light"'
    answer = notebook.fetch("asgi/club/login?who=ada", method="POST")
    assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert notebook.fetch("asgi/club/").text == '"ada light"'
    assert notebook.fetch("asgi/club/settings/all").text == '"ada dark"'

    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/club/settings")
    assert tab.text_content("body") == '"ada dark"'
    tab.close()

    notebook.run(LOGIN.format(name="club"))  # replaced, as if a server restarted
    assert notebook.fetch("asgi/club/").text == '"ada light"'
    notebook.fetch("asgi/club/logout", method="POST")
    assert notebook.fetch("asgi/club/").text == '"nobody light"'


def test_apps_do_not_see_each_others_cookies(notebook: Notebook) -> None:
    notebook.run(LOGIN.format(name="club_a"))
    notebook.run(LOGIN.format(name="club_b"))
    notebook.fetch("asgi/club_a/login?who=ada", method="POST")
    assert notebook.fetch("asgi/club_a/").text == '"ada light"'
    assert notebook.fetch("asgi/club_b/").text == '"nobody light"'


#: Ways to request a URL from a page, each of which ends when the response has come.
WAYS = {
    "fetch": "fetch(url).then(response => response.text())",
    "XMLHttpRequest": """new Promise(resolve => {
        const xhr = new XMLHttpRequest();
        xhr.onload = resolve;
        xhr.open('GET', url);
        xhr.send();
    })""",
    "image": """new Promise(resolve => {
        const image = new Image();
        image.onerror = resolve;
        image.src = url;
    })""",
    "frame": """new Promise(resolve => {
        const frame = document.createElement('iframe');
        frame.onload = resolve;
        frame.src = url;
        document.body.append(frame);
    })""",
}


def test_clear_site_data_clears_what_is_the_apps(notebook: Notebook) -> None:
    notebook.run(LOGIN.format(name="cleared"))
    root = f"{notebook.site}asgi/cleared/"
    lab = "[localStorage.lab, sessionStorage.lab]"
    notebook.page.evaluate("localStorage.lab = sessionStorage.lab = 'kept'")
    tab = notebook.page.context.new_page()
    page = "clear?what=none"  # an HTML page that clears nothing
    tab.goto(root + page)
    stored = "async () => [localStorage.length, sessionStorage.length].join() === '%s'"
    for way, script in WAYS.items():
        for what, who, count in (('"cookies"', "nobody", "1,1"), ('"storage"', "ada", "0,0")):
            notebook.fetch("asgi/cleared/login?who=ada", method="POST")
            tab.evaluate("localStorage.a = sessionStorage.a = 1")
            tab.evaluate(f"url => {script}", f"{root}clear?what={quote(what)}")
            assert (way, what, notebook.fetch("asgi/cleared/").text) == (
                way,
                what,
                f'"{who} light"',
            )
            wait_until(tab, stored % count)
    # A navigation that nobody waits for, by way of another page, in a new tab.
    notebook.fetch("asgi/cleared/login?who=ada", method="POST")
    tab.evaluate("localStorage.a = sessionStorage.a = 1")
    everything = quote('"*"')
    tab.goto(f"{root}clear?what={everything}&then={page}")
    assert tab.title() == "out"
    assert tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert tab.evaluate("document.cookie") == "new=1"  # of the second response
    assert notebook.fetch("asgi/cleared/").text == '"nobody light"'
    assert notebook.page.evaluate(lab) == ["kept", "kept"]
    notebook.page.evaluate("delete localStorage.lab; delete sessionStorage.lab")
    tab.close()
