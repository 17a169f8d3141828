"""Long streams, thousands of requests, big bodies: minutes each, so `make test-all` runs them."""

from __future__ import annotations

import ast
import json

import pytest
from apps import SIZE, plain
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser
from sites import serve_site

pytestmark = pytest.mark.timeout(1800)

EVENTS = """
import asyncio

async def events(scope, receive, send):
    assert scope["type"] == "http"
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for seconds in (20, 20, 20, 20, 10):
        await send({"type": "http.response.body", "body": b"data: .\\n\\n", "more_body": True})
        await asyncio.sleep(seconds)
    await send({"type": "http.response.body", "body": b"data: end\\n\\n"})

%asgi_serve events --open none
"""

READ_ALL = "async url => (await fetch(url)).text()"


def without_heartbeat(path: str, content: bytes) -> bytes:
    """Keep JupyterLite's own heartbeat from reaching the worker."""
    if path.endswith(".js") and path != "service-worker.js":
        return content.replace(b"api/service-worker-heartbeat", b"../no-heartbeat")
    return content


def test_event_stream_with_long_pauses_arrives_complete(
    browser: Browser, setting: tuple[str, str]
) -> None:
    """90 seconds; Firefox would end it after 30, as if it were complete."""
    with serve_site(setting[1], without_heartbeat) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run(EVENTS)
        text = notebook.page.evaluate(READ_ALL, f"{site}asgi/events/")
    assert text == "data: .\n\n" * 5 + "data: end\n\n"


MEASURE = """
import asyncio, ctypes, gc
import pyodide_js
from jupyterlite_asgi.hosts.browser.resend import RESEND
from jupyterlite_asgi.hosts.browser.workers import exchanges

class Mallinfo(ctypes.Structure):  # mallinfo(3)
    _fields_ = [(name, ctypes.c_int) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd",
        "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]

mallinfo = ctypes.CDLL(None).mallinfo
mallinfo.restype = Mallinfo

async def measure():
    while exchanges.open:
        await asyncio.sleep(0.05)
    gc.collect()
    return {
        "heap": pyodide_js._module.HEAP8.length,
        "objects": len(gc.get_objects()),
        "allocated": mallinfo().uordblks,
    }
"""

SEND_MANY = """async ([url, count]) => {
  for (let done = 0; done < count; done += 10) {
    const ten = Array.from({length: 10}, async () => (await fetch(url)).text());
    await Promise.all(ten);
  }
}"""


def measure(notebook: Notebook) -> dict[str, int]:
    """The memory and objects that the kernel holds."""
    figures: dict[str, int] = ast.literal_eval(notebook.value("await measure()"))
    return figures


def send_many(notebook: Notebook, url: str) -> None:
    """Send 10,000 requests; leave none that the kernel would remember as one to be resent."""
    notebook.page.evaluate(SEND_MANY, [url, 10_000])
    notebook.run("await asyncio.sleep(RESEND)")
    notebook.page.evaluate(SEND_MANY, [url, 10])  # with a new request the kernel forgets old ones


def test_ten_thousand_requests_leak_nothing(notebook: Notebook) -> None:
    notebook.run(MEASURE + plain("many") + "%asgi_serve many --open none")
    url = f"{notebook.site}asgi/many/"
    send_many(notebook, url)  # until free memory is fragmented
    before = measure(notebook)
    send_many(notebook, url)
    after = measure(notebook)
    assert after["heap"] == before["heap"]
    assert json.loads(notebook.fetch("asgi/-/version").text)["exchanges"] == 0
    assert after["objects"] - before["objects"] < 1000
    assert before["allocated"] > 2**20  # the counter works
    assert after["allocated"] - before["allocated"] < 10 * 10_000  # 10 bytes for each


def test_a_thousand_reruns_leak_nothing(notebook: Notebook) -> None:
    notebook.run(MEASURE + plain("again") + "from jupyterlite_asgi import serve, servers")
    rerun = "for _ in range({}): await serve(again, open='none')"
    notebook.run(rerun.format(50))
    before = measure(notebook)
    notebook.run(rerun.format(1000))
    after = measure(notebook)
    assert notebook.fetch("asgi/again/").text == "hello"
    assert after["heap"] == before["heap"]
    assert after["objects"] - before["objects"] < 1000


@pytest.mark.only("chromium", "only Chromium streams request bodies")
def test_big_upload_takes_bounded_memory(notebook: Notebook) -> None:
    notebook.run(MEASURE + SIZE)
    before = measure(notebook)
    size = notebook.page.evaluate(
        """async url => {
            const body = new Blob(Array.from({length: 200}, () => new Uint8Array(1048576)));
            return (await fetch(url, {method: 'POST', body})).text();
        }""",
        f"{notebook.site}asgi/size/",
    )
    assert size == str(200 * 2**20)
    assert measure(notebook)["heap"] - before["heap"] < 32 * 2**20
