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
