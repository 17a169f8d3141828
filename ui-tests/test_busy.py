"""A kernel that does not return to its event loop: who keeps it busy, and what ends that."""

from __future__ import annotations

import pytest
from lab import Notebook, wait_until
from playwright.sync_api import expect

APP = """
import asyncio, time
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pyodide.ffi import run_sync
busy = FastAPI()
ran, seen = [], []
begun = asyncio.Event()

def spin():
    while True:
        pass

async def nested():
    run_sync(asyncio.sleep(10**9))

async def spins():
    spin()

async def sleeps():
    time.sleep(10**9)

@busy.get("/")
def home():
    ran.append("home")
    return "hello"

@busy.post("/")
def post():
    ran.append("post")
    return "posted"

@busy.get("/loop")
def loop():
    spin()

@busy.get("/sleep")
def sleep():
    begun.set()
    time.sleep(10**9)

@busy.get("/wait")
async def wait():
    begun.set()
    await asyncio.sleep(10**9)

@busy.get("/stubborn")
def stubborn():
    while len(seen) < 15:
        try:
            spin()
        except BaseException as error:
            seen.append(type(error).__name__)

@busy.get("/stream")
async def stream():
    async def parts():
        yield b"first"
        try:
            spin()
        finally:
            seen.append("ended")
    return StreamingResponse(parts())

%asgi_serve busy --open none
"""

STATUS = """async ([base, name]) => {
  const response = await fetch(`${base}asgi/-/status/${name}`);
  return await response.json();
}"""

FETCH = """url => {
  window.answer = fetch(url).then(async response => [response.status, await response.text()]);
}"""


def until_busy(notebook: Notebook, what: str = "") -> None:
    """Wait until the kernel says what keeps it busy, with ``what`` in the sentence.

    For a moment, that may still be the cell of the test before.
    """
    is_busy = f"""async ([what, ...given]) => {{
      const {{stoppable, sentence}} = await ({STATUS})(given);
      return stoppable && sentence.includes(what);
    }}"""
    wait_until(notebook.page, is_busy, [what, notebook.site, "busy"])


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("while True: pass", "KeyboardInterrupt"),
        ("await asyncio.sleep(10**9)", "CancelledError"),
        ("time.sleep(10**9)", "KeyboardInterrupt"),
        ("run_sync(nested())", "KeyboardInterrupt"),
        ("asyncio.run(asyncio.sleep(10**9))", "KeyboardInterrupt"),
        ("await asyncio.gather(spins(), spins())", "CancelledError"),
        ("await asyncio.gather(sleeps(), sleeps())", "CancelledError"),
    ],
)
def test_interrupt_ends_a_cell(notebook: Notebook, code: str, error: str) -> None:
    notebook.run(APP)
    cell = notebook.start(f"print('started')\n{code}")
    notebook.wait_for_text(cell, "started")
    notebook.interrupt()
    shown = notebook.finish(cell).error
    assert error in shown
    assert "jupyterlite_asgi" not in shown or error == "CancelledError"  # of a task
    assert notebook.fetch("asgi/busy/").text == '"hello"'
    assert notebook.run("print('next')").text == "next\n"


def test_interrupt_ends_a_callback(notebook: Notebook) -> None:
    notebook.run(APP)
    cell = notebook.start("asyncio.get_running_loop().call_soon(spin)")
    until_busy(notebook)
    notebook.interrupt()
    notebook.wait_for_text(cell, "A callback was interrupted while it ran Cell In[")
    assert "Exception in callback" not in notebook.finish(cell).text
    assert notebook.run("print('next')").text == "next\n"


def test_busy_cell_can_ask_for_input_and_install(notebook: Notebook) -> None:
    notebook.run(APP)
    cell = notebook.start("""
def work():
    end = time.time() + 2
    while time.time() < end: pass

work()
name = input("who? ")
work()
%pip install bottle
import bottle
print("hello", name)
""")
    answer = notebook.page.locator(".jp-Stdin-input")
    answer.fill("you")
    answer.press("Enter")
    outputs = notebook.finish(cell)
    assert outputs.error == ""
    assert "hello you\n" in outputs.text


@pytest.mark.parametrize("wait", ["pass", "time.sleep(0.1)"])
def test_cell_can_handle_its_interrupt(notebook: Notebook, wait: str) -> None:
    notebook.run(APP)
    cell = notebook.start(f"""
try:
    print("started")
    while True: {wait}
except KeyboardInterrupt:
    print("tidied up")
""")
    notebook.wait_for_text(cell, "started")
    notebook.interrupt()
    outputs = notebook.finish(cell)
    assert (outputs.text, outputs.error) == ("started\ntidied up\n", "")


def test_interrupt_leaves_no_lock_behind(notebook: Notebook) -> None:
    """Python 3.14 looks for signals after ``__enter__``, before the lock would be released."""
    notebook.run(APP)
    notebook.run("import threading\nlock = threading.Lock()")
    for _ in range(6):
        cell = notebook.start("print('started')\nwhile True:\n    with lock: pass")
        notebook.wait_for_text(cell, "started")
        notebook.interrupt()
        assert "KeyboardInterrupt" in notebook.finish(cell).error
        assert notebook.value("lock.locked()") == "False"


@pytest.mark.parametrize("path", ["loop", "sleep", "wait"])
def test_interrupt_ends_a_request(notebook: Notebook, path: str) -> None:
    notebook.run(APP)
    notebook.page.evaluate(FETCH, f"{notebook.site}asgi/busy/{path}")
    if path == "loop":
        until_busy(notebook, "GET /loop, at Cell In[")
    else:
        notebook.run("await asyncio.wait_for(begun.wait(), 10)")
    notebook.interrupt()
    status, text = notebook.page.evaluate("() => window.answer")
    assert status == 503
    assert "The request was interrupted" in text
    assert f"/asgi/busy/{path} was interrupted while it" in text
    assert "Cell In[" in text
    assert notebook.run("print('next')").text == "next\n"


def test_handler_of_sigint_takes_the_place_of_ours(notebook: Notebook) -> None:
    notebook.run(APP)
    cell = notebook.start("""
import signal
stop = False

def handle(number, frame):
    global stop
    stop = True

signal.signal(signal.SIGINT, handle)
print("started")
while not stop: pass
signal.signal(signal.SIGINT, signal.default_int_handler)
print("ended")
""")
    notebook.wait_for_text(cell, "started")
    notebook.interrupt()
    assert notebook.finish(cell).text == "started\nended\n"


def test_request_that_does_not_end_offers_a_restart(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.page.evaluate(FETCH, f"{notebook.site}asgi/busy/stubborn")
    until_busy(notebook)
    notebook.interrupt()
    notice = notebook.page.locator(".jp-toastContainer, .Toastify__toast").last
    expect(notice).to_contain_text("does not stop: restart the kernel.", timeout=30_000)


def test_navigation_shows_who_keeps_the_kernel_busy(notebook: Notebook) -> None:
    notebook.run(APP)
    cell = notebook.start("print('started')\nspin()")
    notebook.wait_for_text(cell, "started")
    tab = notebook.page.context.new_page()
    response = tab.goto(f"{notebook.site}asgi/busy/")
    assert response is not None
    assert response.status == 503
    assert response.headers["retry-after"] == "3"
    expect(tab.locator("h1")).to_have_text("The kernel is busy")
    expect(tab.locator("#sentence")).to_contain_text("A cell, at Cell In[")
    expect(tab.locator("#sentence")).to_contain_text("has kept the kernel of busy busy for")
    tab.get_by_role("button", name="Stop it").click()
    expect(tab.locator("body")).to_have_text('"hello"')
    assert "KeyboardInterrupt" in notebook.finish(cell).error
    assert notebook.value("ran") == "['home']"  # the first navigation never ran
    tab.close()


def test_navigation_whose_own_handler_runs_keeps_waiting(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.run("""
@busy.get("/slow")
def slow():
    end = time.monotonic() + 5
    while time.monotonic() < end: pass
    return "slow"
""")
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/busy/slow")
    expect(tab.locator("body")).to_have_text('"slow"')
    tab.close()


def test_reader_that_leaves_ends_a_busy_response(notebook: Notebook) -> None:
    notebook.run(APP)
    notebook.page.evaluate(
        """async url => {
          window.reading = new AbortController();
          const {body} = await fetch(url, {signal: window.reading.signal});
          await body.getReader().read();
        }""",
        f"{notebook.site}asgi/busy/stream",
    )
    until_busy(notebook)
    notebook.page.evaluate("() => window.reading.abort()")
    assert notebook.value("seen") == "['ended']"


def test_drive_can_be_read_while_an_app_is_served(notebook: Notebook) -> None:
    """Python asks the service worker for its files, and looks for modules there, too."""
    notebook.run(APP)
    assert notebook.run("import os\nprint(os.path.exists('nowhere'))").text == "False\n"


def test_request_that_would_block_its_own_kernel_is_refused(notebook: Notebook) -> None:
    notebook.run(APP)
    cell = notebook.run("""
from js import XMLHttpRequest
from jupyterlite_asgi import servers
request = XMLHttpRequest.new()
request.open("GET", servers()[0].url, False)
request.send()
print(request.status, request.responseText)
""")
    assert "508" in cell.text
    assert "cannot respond while it waits for this response" in cell.text
