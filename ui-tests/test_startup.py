"""An app whose startup does not end by itself."""

from __future__ import annotations

import pytest
from lab import Notebook

APP = """
import asyncio, time
from fastapi import FastAPI
prompt = FastAPI()

@prompt.get("/")
def home():
    return "hello"

def spin():
    while True:
        pass

%asgi_serve prompt --open none
"""

#: Serves an app whose startup waits.
HANGS = """
async def hangs(scope, receive, send):
    if scope["type"] == "lifespan":
        print("starts")
        {}

%asgi_serve hangs --open none"""

#: The three ways of waiting.
WAITS = pytest.mark.parametrize(
    "wait", ["await asyncio.Event().wait()", "time.sleep(10**9)", "spin()"]
)


@WAITS
def test_startup_that_hangs_is_cancelled(notebook: Notebook, wait: str) -> None:
    notebook.run(APP)
    cell = notebook.run(HANGS.format(wait) + " --startup-timeout 2")
    assert "The app did not start within 2 seconds and was still at Cell In[" in cell.error
    assert "allow more time with --startup-timeout." in cell.error
    assert notebook.fetch("asgi/prompt/").text == '"hello"'


@WAITS
def test_startup_can_be_interrupted(notebook: Notebook, wait: str) -> None:
    notebook.run(APP)
    cell = notebook.start(HANGS.format(wait))
    notebook.wait_for_text(cell, "starts")
    notebook.interrupt()
    error = notebook.finish(cell).error
    assert "The app's startup was interrupted while it was at Cell In[" in error
    assert notebook.run("%asgi_serve prompt --name hangs --open none").error == ""
    assert notebook.fetch("asgi/hangs/").text == '"hello"'
