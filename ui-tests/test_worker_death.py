"""The service worker stopped in the middle of an exchange: nothing waits for ever or runs twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Notebook

pytestmark = pytest.mark.only("chromium", "only CDP can stop a worker")

APP = """
import asyncio
runs, ends = [], []
reached, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

async def read_body(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    return body

async def answer(scope, receive, send):
    body = b""
    if scope["path"].endswith("/late-reader"):
        reached.set()
        await go_on.wait()
    if scope["method"] == "POST":
        body = await read_body(receive)
    runs.append(scope["method"])
    reached.set()
    await go_on.wait()
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    text = f"{scope['method']} {len(body)} {len(runs)}"
    await send({"type": "http.response.body", "body": text.encode()})

async def stream(scope, receive, send):
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    runs.append("stream")
    event = f"data: {len(runs)}\\n\\n".encode()
    await send({"type": "http.response.body", "body": event, "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
    ends.append("stream")
    ended.set()

async def mortal(scope, receive, send):
    assert scope["type"] == "http"
    await (stream if "stream" in scope["path"] else answer)(scope, receive, send)

server = %asgi_serve mortal --open none
"""

START = """([url, init]) => {
  window.pending = fetch(url, {...init, body: init.size ? 'x'.repeat(init.size) : undefined})
    .then(async response => [response.status, await response.text()], String);
}"""

OPEN_STREAM = """async url => {
  const reader = (await fetch(url)).body.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  window.pending = reader.read().then(() => 'ended', error => error.name);
  return first;
}"""

OPEN_EVENTS = """url => new Promise(resolve => {
  window.failed = false;
  const events = new EventSource(url);
  events.onmessage = resolve;
  events.onerror = () => { events.close(); window.failed = true; };
})"""


@pytest.fixture(autouse=True)
def _nothing_is_kept(notebook: Notebook) -> Iterator[None]:
    yield
    notebook.run("""
from jupyterlite_asgi import transport
while transport._links.busy or transport._links._orphans or server._cycles:
    await asyncio.sleep(0.1)
""")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_pending_request_runs_once_and_is_answered(notebook: Notebook, method: str) -> None:
    notebook.run(APP)
    size = 3_000_000 if method == "POST" else 0
    notebook.page.evaluate(
        START, [f"{notebook.site}asgi/mortal/", {"method": method, "size": size}]
    )
    notebook.run("await reached.wait()")
    notebook.stop_workers()
    assert notebook.value("runs") == f"['{method}']"
    notebook.run("go_on.set()")
    assert notebook.page.evaluate("() => window.pending") == [200, f"{method} {size} 1"]
    assert notebook.value("runs") == f"['{method}']"


def test_an_upload_goes_on_where_it_was(notebook: Notebook) -> None:
    notebook.run(APP)
    url = f"{notebook.site}asgi/mortal/late-reader"
    notebook.page.evaluate(START, [url, {"method": "POST", "size": 5_000_000}])
    notebook.run("await reached.wait()")
    notebook.stop_workers()
    notebook.run("go_on.set()")
    assert notebook.page.evaluate("() => window.pending") == [200, "POST 5000000 1"]


def test_a_download_that_was_cut_is_an_error(notebook: Notebook) -> None:
    notebook.run(APP)
    url = f"{notebook.site}asgi/mortal/stream"
    assert notebook.page.evaluate(OPEN_STREAM, url) == "data: 1\n\n"
    notebook.stop_workers()
    assert notebook.page.evaluate("() => window.pending") == "TypeError"
    notebook.run("await ended.wait()")
    assert notebook.value("(runs, ends)") == "(['stream'], ['stream'])"


def test_an_event_source_hears_of_the_end(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.page.evaluate(OPEN_EVENTS, f"{notebook.site}asgi/mortal/stream")
    notebook.stop_workers()
    notebook.page.wait_for_function("() => failed")
    notebook.run("await ended.wait()")
    assert notebook.value("(runs, ends)") == "(['stream'], ['stream'])"


def test_what_nobody_asks_for_again_is_cancelled(notebook: Notebook) -> None:
    notebook.run(APP)
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/")
    tab.evaluate(START, [f"{notebook.site}asgi/mortal/", {}])
    notebook.run("await reached.wait()\nkept, = server._cycles")
    tab.close()
    notebook.stop_workers()
    notebook.run("await asyncio.wait([kept], timeout=10)")
    assert notebook.value("kept.cancelled()") == "True"
