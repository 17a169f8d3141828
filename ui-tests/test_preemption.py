"""Requests whose code keeps the kernel busy."""

from __future__ import annotations

import pytest
from lab import Notebook

LOOPS = """
import asyncio, threading, time
from fastapi import FastAPI
from pyodide.ffi import run_sync
loops = FastAPI()
lock = threading.Lock()
seen = []

def spin():
    while True:
        pass

@loops.get("/")
def home():
    return "hello"

@loops.get("/async")
async def in_coroutine():
    spin()

@loops.get("/plain")
def in_function():
    with lock:
        spin()

@loops.get("/task")
async def in_task():
    async def child():
        spin()
    await asyncio.wait([asyncio.create_task(child())])
    await asyncio.Event().wait()

@loops.get("/suspended")
def suspended():
    run_sync(asyncio.sleep(0.5))
    spin()

@loops.get("/swallows")
def swallows():
    try:
        spin()
    except BaseException as error:
        seen.append(type(error).__name__)
    spin()

@loops.get("/printing")
def printing():
    while True:
        print("still here")

@loops.get("/importing")
def importing():
    import endless

%asgi_serve loops --open none --timeout 2
"""

NAPS = """
naps = FastAPI()

@naps.get("/")
def nap():
    run_sync(asyncio.sleep(1))
    end = time.monotonic() + 3
    while time.monotonic() < end:
        pass
    return "rested"

%asgi_serve naps --open none
"""

BOTH = """urls => Promise.all(urls.map(async url => {
  const response = await fetch(url);
  return [response.status, await response.text()];
}))"""

ENDLESS = """
import importlib, pathlib, sys
folder = pathlib.Path("/tmp/endless")
folder.mkdir(exist_ok=True)
(folder / "endless.py").write_text("while True: pass")
sys.path.insert(0, str(folder))
importlib.invalidate_caches()
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("async", 10),
        ("plain", 10),
        ("task", 10),
        ("suspended", 10),
        ("printing", 49),
        ("importing", 53),
    ],
)
def test_endless_loop_is_ended_at_its_timeout(notebook: Notebook, path: str, line: int) -> None:
    notebook.run(ENDLESS)
    notebook.run(LOOPS)
    answer = notebook.fetch(f"asgi/loops/{path}")
    assert answer.status == 504, answer.text
    assert "did not respond within 2 seconds" in answer.text
    assert "while it ran Cell In[" in answer.text
    assert any(f", line {each}: make" in answer.text for each in (line, line - 1))
    assert notebook.fetch("asgi/loops/").text == '"hello"'
    assert notebook.value("lock.locked()") == "False"


def test_functions_that_are_suspended_together_have_deadlines_of_their_own(
    notebook: Notebook,
) -> None:
    notebook.run(LOOPS)
    notebook.run(NAPS)
    urls = [f"{notebook.site}asgi/{path}" for path in ("naps/", "loops/suspended")]
    nap, loop = notebook.page.evaluate(BOTH, urls)
    assert nap == [200, '"rested"']
    assert loop[0] == 504
    assert "while it ran Cell In[" in loop[1]


def test_loop_that_catches_its_cancellation_is_ended(notebook: Notebook) -> None:
    notebook.run(LOOPS)
    notebook.fetch("asgi/loops/swallows")
    assert notebook.fetch("asgi/loops/").text == '"hello"'
    assert notebook.value("seen") == "['CancelledError']"


def test_cell_is_not_ended(notebook: Notebook) -> None:
    notebook.run(LOOPS)
    assert notebook.fetch("asgi/loops/async").status == 504
    cell = "end = time.monotonic() + 3\nwhile time.monotonic() < end: pass\nprint('done')"
    assert notebook.run(cell).text == "done\n"
