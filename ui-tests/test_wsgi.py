"""A WSGI app, made with Flask, in a page and for its scripts."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import expect

DESK = """
from flask import Flask, Response, redirect, request, session, url_for

desk = Flask("desk")
desk.secret_key = "not one"

@desk.get("/")
def home():
    session["visits"] = session.get("visits", 0) + 1
    return f'''<!doctype html><h1>{session.get("who", "nobody")}</h1><p>{session["visits"]}</p>
<form method="post" action="{url_for('sign')}"><input name="who"><button>Sign</button></form>'''

@desk.post("/sign")
def sign():
    session["who"] = request.form["who"]
    return redirect(url_for("home"))

@desk.post("/upload")
def upload():
    file = request.files["file"]
    return {"name": file.filename, "size": len(file.read())}

@desk.get("/taken")
def taken():
    return "", "409 Taken by Ada"

@desk.get("/missing")
def missing():
    return "", 404

@desk.get("/endless")
def endless():
    def lines():
        global closed
        try:
            while True:
                yield "line\\n"
        finally:
            closed = True
    return Response(lines(), mimetype="text/plain")

closed = False
%asgi_serve desk
"""


def test_flask_app_is_served(notebook: Notebook) -> None:
    assert notebook.run(DESK).error == ""
    page = notebook.frame("desk")
    expect(page.get_by_role("heading")).to_have_text("nobody")
    page.locator("input").fill("Adä")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading")).to_have_text("Adä")
    expect(page.locator("p")).to_have_text("2")
    uploaded = notebook.page.evaluate(
        """async url => {
            const body = new FormData();
            body.append('file', new Blob(['x'.repeat(2_000_000)]), 'ä.txt');
            return (await fetch(url, {method: 'POST', body})).json();
        }""",
        f"{notebook.site}asgi/desk/upload",
    )
    assert uploaded == {"name": "ä.txt", "size": 2_000_000}


REASONS = """urls => Promise.all(urls.map(async url => {
  const request = new XMLHttpRequest();
  request.open('GET', url);
  await new Promise(resolve => { request.onload = resolve; request.send(); });
  return [(await fetch(url)).statusText, request.statusText];
}))"""


def test_status_texts_are_the_apps(notebook: Notebook) -> None:
    notebook.run(DESK)
    urls = [f"{notebook.site}asgi/{path}" for path in ("desk/taken", "desk/missing", "nobody/")]
    assert notebook.page.evaluate(REASONS, urls) == [
        ["Taken by Ada"] * 2,
        ["NOT FOUND"] * 2,  # in Werkzeug's spelling
        ["Not Found"] * 2,
    ]


def test_disconnect_closes_a_stream_of_flask(notebook: Notebook) -> None:
    assert notebook.run(DESK).error == ""
    notebook.page.evaluate(
        """async url => {
            const leaving = new AbortController();
            const response = await fetch(url, {signal: leaving.signal});
            await response.body.getReader().read();
            leaving.abort();
        }""",
        f"{notebook.site}asgi/desk/endless",
    )
    waiting = "import asyncio\nwhile not closed:\n    await asyncio.sleep(0.05)\nprint('closed')"
    assert notebook.run(waiting).text == "closed\n"
