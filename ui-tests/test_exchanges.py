"""Exchanges that do not go as planned: late, left, cut off, by a worker or a kernel that ends."""

from __future__ import annotations

import re

import pytest
from apps import plain
from lab import Notebook
from playwright.sync_api import expect

# None of it depends on the place of the site.
pytestmark = pytest.mark.parametrize("site", ["/"], indirect=True)

WAITING = """
import asyncio
seen = []
reached, go_on = asyncio.Event(), asyncio.Event()

async def waiting(scope, receive, send):
    assert scope["type"] == "http"
    reached.set()
    try:
        await go_on.wait()
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise

"""

STREAM = """
import asyncio
seen, gone = [], asyncio.Event()

async def stream(scope, receive, send):
    assert scope["type"] == "http"
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"].endswith("/watched"):
        message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()
        seen.append("disconnected")
        gone.set()
        return
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        seen.append("cancelled")
        gone.set()
        raise

%asgi_serve stream --open none
"""

LEAVE = """async url => {
  const controller = new AbortController();
  const response = await fetch(url, {signal: controller.signal});
  controller.abort();
  return response.headers.get('content-type');
}"""


def test_a_late_answer_is_given_up_with_the_line_it_waited_at(notebook: Notebook) -> None:
    notebook.run(WAITING + "%asgi_serve waiting --open none --timeout 0.5")
    answer = notebook.fetch("asgi/waiting/")
    assert answer.status == 504
    assert "The app did not answer within 0.5 seconds" in answer.text
    assert "while it waited at Cell In[" in answer.text
    assert ", line 9." in answer.text
    assert notebook.value("seen") == "['cancelled']"


@pytest.mark.parametrize(("path", "seen"), [("watched", "disconnected"), ("", "cancelled")])
def test_an_app_hears_that_its_reader_left(notebook: Notebook, path: str, seen: str) -> None:
    notebook.run(STREAM)
    kind = notebook.page.evaluate(LEAVE, f"{notebook.site}asgi/stream/{path}")
    assert kind == "text/event-stream"  # the head came although no body did
    notebook.run("await asyncio.wait_for(gone.wait(), 5)")
    assert notebook.value("seen") == f"['{seen}']"


def test_what_a_request_prints_is_in_the_log_of_its_app(notebook: Notebook) -> None:
    notebook.run("""
import asyncio, logging
from fastapi import FastAPI
talks = FastAPI()
visited = asyncio.Event()

@talks.get("/")
def home():
    visited.set()
    print("a visit")
    logging.getLogger("shop").warning("the stock is low")
    return {}["apples"]

server = %asgi_serve talks --open none
""")
    cell = notebook.start("print('a cell')\n_ = await visited.wait()")
    assert notebook.fetch("asgi/talks/").status == 500
    assert notebook.finish(cell).text == "a cell\n"
    log = notebook.run("print(server.log)").text.splitlines()
    assert log[:2] == ["a visit", "the stock is low"]
    assert log[-1] == "KeyError: 'apples'"
    assert any('File "Cell In[' in line for line in log)


def test_the_first_request_of_a_worker_may_have_a_body(notebook: Notebook) -> None:
    notebook.run("""
async def size(scope, receive, send):
    assert scope["type"] == "http"
    count, more = 0, True
    while more:
        message = await receive()
        count, more = count + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(count).encode()})

%asgi_serve size --open none
""")
    notebook.fetch("asgi/size/")
    notebook.stop_workers()
    assert notebook.fetch("asgi/size/", method="POST", body="x" * 3_000_000).text == "3000000"


def test_a_kernel_that_ends_is_said_to_have_ended(notebook: Notebook) -> None:
    notebook.run(WAITING + "%asgi_serve waiting --open none")
    notebook.run(plain("shown") + "%asgi_serve shown")
    expect(notebook.frame("shown").locator("body")).to_have_text("hello")
    notebook.page.evaluate(
        "url => { window.pending = fetch(url).then(async r => [r.status, await r.text()]); }",
        f"{notebook.site}asgi/waiting/",
    )
    notebook.run("await reached.wait()")
    notebook.page.evaluate("() => window.notebookPanel.sessionContext.session.kernel.restart()")
    status, text = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "The notebook that served waiting has ended" in text
    gone = re.compile("No app is served as shown|The notebook that served shown has ended")
    expect(notebook.frame("shown").locator("body")).to_contain_text(gone)
    assert notebook.run(plain("shown", "again") + "%asgi_serve shown").error == ""
    assert notebook.fetch("asgi/shown/").text == "again"
    notebook.run("%pip install fastapi jinja2 python-multipart")
