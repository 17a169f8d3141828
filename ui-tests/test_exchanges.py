"""Exchanges that do not go as planned: timeouts, disconnects, busy kernels, aborted responses."""

from __future__ import annotations

import pytest
from apps import SIZE, plain
from lab import Notebook
from playwright.sync_api import expect

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
HELLO = b": hello" * 200 + b"\\n\\n"  # browsers sniff that much of a text before they show it
seen, gone = [], asyncio.Event()

async def stream(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"].endswith("/favicon.ico"):  # Firefox requests it some seconds after a page
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body"})
        return
    kind = b"text/plain" if "as-text" in scope["path"] else b"text/event-stream"
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": HELLO, "more_body": True})
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

#: Ways to leave a stream; each resolves once the stream has started and been left.
LEAVE = {
    "abort": """async url => {
        const controller = new AbortController();
        await fetch(url, {signal: controller.signal});
        controller.abort();
    }""",
    "cancel": """async url => {
        const {body} = await fetch(url);
        await body.cancel();
    }""",
    "event-source": """url => new Promise(resolve => {
        const events = new EventSource(url);
        events.onopen = () => { events.close(); resolve(); };
    })""",
    "frame-moved-on": """async url => {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        frame.src = url.replace('stream', 'stream/as-text');
        while (!frame.contentDocument?.body?.textContent) {
            await new Promise(resolve => requestAnimationFrame(resolve));
        }
        frame.src = 'about:blank';
    }""",
}


def test_timeout_is_504_and_names_the_line(notebook: Notebook) -> None:
    notebook.run(WAITING + "%asgi_serve waiting --open none --timeout 2")
    answer = notebook.fetch("asgi/waiting/")
    assert answer.status == 504
    assert "The app did not respond within 2 seconds" in answer.text
    assert "while it waited at Cell In[" in answer.text
    assert ", line 9: make" in answer.text
    assert notebook.value("seen") == "['cancelled']"


LATE = pytest.mark.only("chromium", "in Firefox cancel() takes effect with the next chunk")


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[LATE] if way == "cancel" else []) for way in LEAVE]
)
def test_leaving_a_stream_disconnects(notebook: Notebook, way: str) -> None:
    notebook.run(STREAM)
    notebook.page.evaluate(LEAVE[way], f"{notebook.site}asgi/stream/watched")
    notebook.run("await asyncio.wait_for(gone.wait(), 1)")
    assert notebook.value("seen") == "['disconnected']"


def test_closing_a_tab_disconnects(notebook: Notebook) -> None:
    notebook.run(STREAM)
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/stream/as-text/watched", wait_until="commit")
    expect(tab.locator("body")).to_contain_text("hello")
    tab.close()
    notebook.run("await asyncio.wait_for(gone.wait(), 1)")
    assert notebook.value("seen") == "['disconnected']"


def test_app_that_ignores_a_disconnect_is_cancelled(notebook: Notebook) -> None:
    notebook.run(STREAM)
    notebook.page.evaluate(LEAVE["abort"], f"{notebook.site}asgi/stream/")
    notebook.run("await asyncio.wait_for(gone.wait(), 5)")
    assert notebook.value("seen") == "['cancelled']"


def test_output_of_a_request_goes_to_the_log(notebook: Notebook) -> None:
    notebook.run("""
import asyncio, logging
from fastapi import FastAPI
talks = FastAPI()
visited = asyncio.Event()
logging.getLogger("shop").addHandler(logging.StreamHandler())

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


@pytest.mark.only("chromium", "only CDP can stop a worker")
def test_first_request_of_a_worker_can_have_a_body(notebook: Notebook) -> None:
    notebook.run(SIZE)
    notebook.fetch("asgi/size/")
    notebook.stop_workers()
    assert notebook.fetch("asgi/size/", method="POST", body="x" * 3_000_000).text == "3000000"


BUSY = """
import time
runs = 0

async def busy_app(scope, receive, send):
    global runs
    assert scope["type"] == "http"
    runs += scope["method"] == "POST"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"heard"})

%asgi_serve busy_app --open none --timeout 2
"""


SPIN = """
print("spinning")
end = time.monotonic() + 8
while time.monotonic() < end: pass
print("done")
"""


def test_request_that_a_busy_kernel_reads_too_late_does_not_run(notebook: Notebook) -> None:
    notebook.run(BUSY)
    assert notebook.fetch("asgi/busy_app/", method="POST").text == "heard"
    cell = notebook.start(SPIN)
    notebook.wait_for_text(cell, "spinning")
    answer = notebook.fetch("asgi/busy_app/", method="POST")
    assert answer.status == 503
    assert "has kept the kernel of busy_app busy for" in answer.text
    assert notebook.outputs(cell).text == "spinning\n"
    assert notebook.finish(cell).text == "spinning\ndone\n"
    assert notebook.fetch("asgi/busy_app/").text == "heard"
    assert notebook.value("runs") == "1"


def test_aborted_response_is_an_error(notebook: Notebook) -> None:
    notebook.run("""
async def breaks(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    if scope["path"].endswith("/raises"):
        raise OSError("no more")

%asgi_serve breaks --open none
""")
    for path in ("", "raises"):
        read = notebook.page.evaluate(
            "async url => (await fetch(url)).text().catch(error => error.name)",
            f"{notebook.site}asgi/breaks/{path}",
        )
        assert read in ("TypeError", "AbortError")  # in Chromium, and in Firefox


ENDLESS = """
import asyncio
sent, blocked = 0, asyncio.Event()

async def endless(scope, receive, send):
    global sent
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    chunk = {"type": "http.response.body", "body": bytes(65536), "more_body": True}
    while True:
        sending = asyncio.ensure_future(send(chunk))
        done, _ = await asyncio.wait([sending], timeout=3)
        if not done:
            blocked.set()
        await sending
        sent += 65536

%asgi_serve endless --open none
"""

READ_ONCE = """async url => {
  window.reader = (await fetch(url)).body.getReader();
  await reader.read();
}"""


@pytest.mark.only("chromium", "Firefox buffers a body without limit, whether it is read or not")
def test_endless_response_waits_for_its_reader(notebook: Notebook) -> None:
    """The app gets 56 MiB ahead: our window of 1 MiB, and Chromium's buffers."""
    notebook.run(ENDLESS)
    notebook.page.evaluate(READ_ONCE, f"{notebook.site}asgi/endless/")
    notebook.run("await blocked.wait()")
    assert int(notebook.value("sent")) < 64 * 2**20
    notebook.page.evaluate("() => reader.cancel()")


JUNK = """name => {
  const channel = new BroadcastChannel(name);
  const junk = ['text', 42, null, {}, [], {v: 1}, {v: 99, type: 'request'},
                {v: 1, type: 'request', id: '1'}, {v: 1, type: 'unheard-of', id: '1'}];
  junk.forEach(message => channel.postMessage(message));
  channel.close();
  return junk.length;
}"""


def test_unreadable_messages_are_dropped_and_counted(notebook: Notebook) -> None:
    notebook.run(plain("sober") + "%asgi_serve sober --open none")
    notebook.run("from jupyterlite_asgi.hosts.browser.webapi import Channel")
    before = int(notebook.value("Channel.dropped"))
    channel = f"jupyterlite-asgi {notebook.base} requests sober"
    count = notebook.page.evaluate(JUNK, channel)
    assert notebook.fetch("asgi/sober/").text == "hello"
    assert int(notebook.value("Channel.dropped")) == before + count
