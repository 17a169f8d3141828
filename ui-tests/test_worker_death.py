"""The service worker is stopped during an exchange: every wait ends, no POST runs twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Notebook

pytestmark = pytest.mark.only("chromium", "only CDP can stop a worker")

APP = """
import asyncio
runs, ends = [], []
reached, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

async def until_disconnect(receive):
    while (await receive())["type"] != "http.disconnect":
        pass
    ends.append("disconnect")
    ended.set()

async def answer(scope, receive, send):
    runs.append(scope["method"])
    if scope["method"] == "GET" and len(runs) == 1:
        reached.set()
        return await until_disconnect(receive)
    while scope["method"] == "POST" and (await receive())["more_body"]:
        pass
    reached.set()
    await go_on.wait()
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(len(runs)).encode()})
    ends.append("answered")
    ended.set()

async def half(scope, receive, send):
    runs.append("half")
    await receive()
    reached.set()
    try:
        await go_on.wait()
    finally:
        ends.append("cancelled")
        ended.set()

async def stream(scope, receive, send):
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    runs.append("stream")
    event = f"data: {len(runs)}\\n\\n".encode()
    await send({"type": "http.response.body", "body": event, "more_body": True})
    await until_disconnect(receive)

async def mortal(scope, receive, send):
    assert scope["type"] == "http"
    app = {"stream": stream, "half": half}.get(scope["path"].rpartition("/")[2], answer)
    await app(scope, receive, send)

server = %asgi_serve mortal --open none
"""

START = """([url, init]) => {
  window.pending = fetch(url, init)
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
    source = """
import asyncio
from jupyterlite_asgi.hosts.browser.workers import exchanges
while exchanges.open:
    await asyncio.sleep(0.1)
"""
    assert notebook.run(source).error == ""


def test_pending_get_is_cancelled_and_runs_again(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.page.evaluate(START, [f"{notebook.site}asgi/mortal/", {}])
    notebook.run("await reached.wait()")
    notebook.stop_workers()
    notebook.run("await ended.wait()\ngo_on.set()")
    assert notebook.page.evaluate("() => window.pending") == [200, "2"]
    assert notebook.value("(runs, ends)") == "(['GET', 'GET'], ['disconnect', 'answered'])"


def test_pending_post_runs_once_and_its_client_gets_503(
    notebook: Notebook,
) -> None:
    notebook.run(APP)
    url = f"{notebook.site}asgi/mortal/"
    notebook.page.evaluate(START, [url, {"method": "POST", "body": "x" * 3_000_000}])
    notebook.run("await reached.wait()")
    notebook.stop_workers()
    status, text = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "This request may already have arrived" in text
    notebook.run("go_on.set()\nawait ended.wait()")
    assert notebook.value("(runs, ends)") == "(['POST'], ['answered'])"


def test_truncated_upload_is_cancelled(notebook: Notebook) -> None:
    notebook.run(APP)
    url = f"{notebook.site}asgi/mortal/half"
    notebook.page.evaluate(START, [url, {"method": "POST", "body": "x" * 5_000_000}])
    notebook.run("await reached.wait()")
    notebook.stop_workers()
    status, text = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "This request may already have arrived" in text
    notebook.run("await ended.wait()")
    assert notebook.value("(runs, ends)") == "(['half'], ['cancelled'])"


def test_truncated_download_is_an_error(notebook: Notebook) -> None:
    notebook.run(APP)
    url = f"{notebook.site}asgi/mortal/stream"
    assert notebook.page.evaluate(OPEN_STREAM, url) == "data: 1\n\n"
    notebook.stop_workers()
    assert notebook.page.evaluate("() => window.pending") == "TypeError"
    notebook.run("await ended.wait()")
    assert notebook.value("(runs, ends)") == "(['stream'], ['disconnect'])"


def test_event_source_gets_an_error(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.page.evaluate(OPEN_EVENTS, f"{notebook.site}asgi/mortal/stream")
    notebook.stop_workers()
    notebook.page.wait_for_function("() => failed")
    notebook.run("await ended.wait()")
    assert notebook.value("(runs, ends)") == "(['stream'], ['disconnect'])"


@pytest.mark.parametrize(
    ("init", "run", "end"),
    [({}, "GET", "disconnect"), ({"method": "POST", "body": "order"}, "POST", "answered")],
)
def test_post_completes_without_a_resend_but_a_get_does_not(
    notebook: Notebook, init: dict[str, str], run: str, end: str
) -> None:
    notebook.run(APP)
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/")
    tab.evaluate(START, [f"{notebook.site}asgi/mortal/", init])
    notebook.run("await reached.wait()")
    tab.close()
    notebook.stop_workers()
    notebook.run("go_on.set()\nawait ended.wait()")
    assert notebook.value("(runs, ends)") == f"(['{run}'], ['{end}'])"
