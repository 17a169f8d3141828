"""The main scenes in WebKitGTK."""

from __future__ import annotations

import pytest
from apps import READ_STEPS, STEPS, hello, plain
from lab import Notebook, wait_until

from webkit.driver import WebKitPage

FORM = """
from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse
form = FastAPI()

@form.get("/", response_class=HTMLResponse)
def ask():
    return "<form method=post action=/greet><input name=who><button>Send</button></form>"

@form.post("/greet")
def greet(who: str = Form()):
    return f"Hello {who}"

%asgi_serve form
"""

SESSION = """
from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware
counter = FastAPI()
counter.add_middleware(SessionMiddleware, secret_key="secret")

@counter.get("/")
def count(request: Request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return {"visits": request.session["visits"]}

%asgi_serve counter
"""

FAILING = """
from fastapi import FastAPI
failing = FastAPI()
stock = {}

@failing.get("/")
def home():
    return stock["apples"]

%asgi_serve failing
"""

BUSY = """
import asyncio
from fastapi import FastAPI
busy = FastAPI()
reached = asyncio.Event()

@busy.get("/loop")
def loop():
    while True:
        pass

@busy.get("/wait")
async def wait():
    reached.set()
    await asyncio.sleep(10**9)

@busy.get("/")
def home():
    return "hello"

%asgi_serve busy
"""

START = """url => {
  window.answer = fetch(url).then(async response => [response.status, await response.text()]);
}"""

IS_BUSY = "async url => (await (await fetch(url)).json()).stoppable"


def panel(name: str) -> str:
    """The selector of the frame of an app's panel."""
    return f"#jupyterlite-asgi-{name} iframe"


def wait_for_text(webkit: WebKitPage, text: str) -> None:
    """Wait until the current page or frame shows ``text``."""
    webkit.wait_for_function("text => document.body?.innerText.includes(text)", arg=text)


def expect_panel(webkit: WebKitPage, name: str, *texts: str) -> None:
    """Wait until the panel of an app shows one of these texts."""
    webkit.wait_for_function(
        """([selector, texts]) => {
          const shown = document.querySelector(selector)?.contentDocument?.body?.innerText;
          return texts.some(text => shown?.includes(text));
        }""",
        arg=[panel(name), texts],
    )


def test_cell_serves_an_app_beside_the_notebook(notebook: Notebook, webkit: WebKitPage) -> None:
    assert notebook.run(hello("app") + "%asgi_serve app").error == ""
    expect_panel(webkit, "app", '"hello"')
    assert notebook.fetch("asgi/app/").text == '"hello"'


def test_form_is_posted(notebook: Notebook, webkit: WebKitPage) -> None:
    assert notebook.run(FORM).error == ""
    expect_panel(webkit, "form", "Send")
    with webkit.frame(panel("form")):
        webkit.type("input", "Ada")
        webkit.click("button")
    expect_panel(webkit, "form", '"Hello Ada"')


def test_session_survives_a_reload(notebook: Notebook, webkit: WebKitPage) -> None:
    assert notebook.run(SESSION).error == ""
    expect_panel(webkit, "counter", '{"visits":1}')
    webkit.click('#jupyterlite-asgi-counter [data-jp-item-name="reload"]')
    expect_panel(webkit, "counter", '{"visits":2}')


def test_stream_arrives_as_it_is_sent(notebook: Notebook, webkit: WebKitPage) -> None:
    assert notebook.run(STEPS).error == ""
    read = webkit.evaluate(READ_STEPS, f"{notebook.site}asgi/steps/")
    assert read == ["first", "second", True]


def test_error_page_names_cell_and_line(notebook: Notebook, webkit: WebKitPage) -> None:
    cell = notebook.run(FAILING).execution_count
    expect_panel(webkit, "failing", "KeyError: 'apples'")
    expect_panel(webkit, "failing", f"failed in Cell In[{cell}], line 7")


def test_button_opens_the_panels_page_in_a_tab(notebook: Notebook, webkit: WebKitPage) -> None:
    notebook.run(plain("wide") + "%asgi_serve wide")
    expect_panel(webkit, "wide", "hello")
    webkit.click('#jupyterlite-asgi-wide [data-jp-item-name="open-in-tab"]')
    with webkit.popup():
        wait_for_text(webkit, "hello")
        assert webkit.evaluate("() => location.href") == f"{notebook.site}asgi/wide/"


@pytest.mark.parametrize("path", ["loop", "wait"])
def test_interrupt_ends_a_request(notebook: Notebook, webkit: WebKitPage, path: str) -> None:
    assert notebook.run(BUSY).error == ""
    webkit.evaluate(START, f"{notebook.site}asgi/busy/{path}")
    if path == "loop":
        wait_until(notebook.page, IS_BUSY, f"{notebook.site}asgi/-/status/busy")
    else:
        notebook.run("await reached.wait()")
    webkit.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    status, text = webkit.evaluate("() => window.answer")
    assert status == 503
    assert "interrupted" in text
    assert notebook.fetch("asgi/busy/").text == '"hello"'


def test_restart_of_a_kernel_ends_requests_and_panels(
    notebook: Notebook, webkit: WebKitPage
) -> None:
    assert notebook.run(BUSY).error == ""
    expect_panel(webkit, "busy", '"hello"')
    webkit.evaluate(START, f"{notebook.site}asgi/busy/wait")
    notebook.run("await reached.wait()")
    webkit.evaluate("() => window.notebookPanel.sessionContext.session.kernel.restart()")
    status, text = webkit.evaluate("() => window.answer")
    assert status == 503
    assert "The kernel that served busy is gone" in text
    expect_panel(
        webkit, "busy", "The kernel that served busy is gone", "No app named busy is running"
    )
    assert notebook.run(plain("busy", "again") + "%asgi_serve busy").error == ""
    expect_panel(webkit, "busy", "again")
