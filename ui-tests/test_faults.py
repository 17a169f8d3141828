"""The rows of `docs/faults.md`: what readers see when something fails, and how they get on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import guarded
from faults import Fault
from lab import Notebook
from playwright.sync_api import Browser, Page, expect

SHOP = """
import asyncio
waiting = asyncio.Event()

async def shop(scope, receive, send):
    assert scope["type"] == "http"
    path = scope["path"].removeprefix(scope["root_path"])
    if path == "/wait":
        waiting.set()
        await asyncio.Event().wait()
    if path == "/raise":
        1 / 0
    if path == "/loop":
        while True: pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

%asgi_serve shop --timeout 2
"""

#: Begin to run code without a cell, which would run again with the notebook.
EXECUTE = """code => new Promise(resolve => {
  const {kernel} = window.notebookPanel.sessionContext.session;
  kernel.requestExecute({code}).onIOPub = ({content}) => {
    if (content.execution_state === 'busy') {
      resolve();
    }
  };
})"""

RESTART = "() => window.notebookPanel.sessionContext.session.kernel.restart()"

LEAVE_FOR = "url => { location.href = url }"

SHUT_DOWN = "() => window.notebookPanel.sessionContext.shutdown()"


@pytest.fixture(scope="module")
def lab(browser: Browser, site: str) -> Iterator[Notebook]:
    """A notebook that the tests of one setting share; its cell serves the app ``shop``."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        assert notebook.run(SHOP).error == ""
        yield notebook


@pytest.fixture
def reader(lab: Notebook) -> Iterator[Page]:
    """A tab that shows the app."""
    page = lab.page.context.new_page()
    page.goto(f"{lab.site}asgi/shop/")
    shows_app(lab, page)
    yield page
    page.close()


def shows(page: Page, fault: Fault) -> None:
    expect(page.locator("body")).to_contain_text(fault.sentence, timeout=fault.milliseconds)


def shows_app(lab: Notebook, page: Page) -> None:
    """Wait until the tab and the panel show the app."""
    expect(page.locator("body")).to_have_text("hello", timeout=60_000)
    expect(lab.frame("shop").locator("body")).to_have_text("hello")


@pytest.mark.fault("The kernel is restarted")
def test_restart(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.page.evaluate(RESTART)
    reader.reload()
    shows(reader, fault)
    expect(lab.frame("shop").locator("body")).to_contain_text(fault.sentence)
    reader.get_by_role("button", name="Run its notebook again").click()
    shows_app(lab, reader)


@pytest.mark.fault("The kernel is shut down")
def test_shutdown(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.page.evaluate(SHUT_DOWN)
    reader.reload()
    shows(reader, fault)
    frame = lab.frame("shop")
    expect(frame.locator("body")).to_contain_text(fault.sentence)
    frame.get_by_role("button", name="Run its notebook again").click()
    shows_app(lab, reader)


@pytest.mark.fault("Python exits or crashes during a request")
def test_crash(lab: Notebook, reader: Page, fault: Fault) -> None:
    reader.evaluate(LEAVE_FOR, f"{lab.site}asgi/shop/wait")
    lab.page.evaluate(EXECUTE, "await waiting.wait()\nimport os; os._exit(0)")
    shows(reader, fault)
    button = reader.get_by_role("button", name="Run its notebook again")
    button.click()
    expect(button).to_have_count(0, timeout=60_000)  # the app is served, and waits again
    reader.goto(f"{lab.site}asgi/shop/")
    shows_app(lab, reader)


@pytest.mark.fault("The notebook is closed, without its kernel")
def test_closed_notebook(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.page.evaluate("() => window.notebookPanel.context.save()")
    lab.page.evaluate("() => window.notebookPanel.close()")
    reader.reload()
    shows(reader, fault)
    lab.open()
    assert lab.run(SHOP).error == ""


@pytest.mark.fault("The lab's page is reloaded or closed")
def test_reload(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.open()
    reader.reload()
    shows(reader, fault)
    expect(reader.get_by_role("link", name="Open JupyterLite")).to_be_visible()
    assert lab.run(SHOP).error == ""
    shows_app(lab, reader)


@pytest.mark.fault("A cell keeps the kernel busy")
def test_busy_cell(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.page.evaluate(EXECUTE, "while True: pass")
    reader.reload()
    shows(reader, fault)
    reader.get_by_role("button", name="Stop it").click()
    shows_app(lab, reader)


@pytest.mark.fault("A call that cannot be stopped keeps the kernel busy")
def test_busy_call(lab: Notebook, reader: Page, fault: Fault) -> None:
    lab.page.evaluate(EXECUTE, "sum(range(10**12))")
    reader.reload()
    shows(reader, fault)
    reader.get_by_role("button", name="Restart the kernel").click()
    reader.get_by_role("button", name="Run its notebook again").click(timeout=60_000)
    shows_app(lab, reader)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("wait", marks=pytest.mark.fault("A handler waits for ever")),
        pytest.param("loop", marks=pytest.mark.fault("A handler loops for ever")),
        pytest.param("raise", marks=pytest.mark.fault("A handler raises an exception")),
    ],
)
def test_handler(lab: Notebook, reader: Page, fault: Fault, path: str) -> None:
    reader.evaluate(LEAVE_FOR, f"{lab.site}asgi/shop/{path}")
    shows(reader, fault)
