"""The kernel ends during a request: the client gets an error within a second."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apps import plain
from lab import Notebook
from playwright.sync_api import expect
from test_exchanges import WAITING

START = """url => {
  window.pending = fetch(url).then(async r => [r.status, await r.text(), performance.now()]);
}"""

End = Callable[[Notebook], None]

SHUT_DOWN = "() => window.notebookPanel.sessionContext.shutdown()"


def end_by_shutdown(other: Notebook) -> None:
    other.page.evaluate(SHUT_DOWN)


def end_by_reload(other: Notebook) -> None:
    other.page.reload(wait_until="commit")


def end_by_closing(other: Notebook) -> None:
    other.page.close()


@pytest.mark.parametrize("end", [end_by_shutdown, end_by_reload, end_by_closing])
def test_pending_request_gets_503_when_its_kernel_ends(notebook: Notebook, end: End) -> None:
    other = Notebook(notebook.page.context.new_page(), notebook.site)
    other.run(WAITING + "%asgi_serve waiting --name elsewhere --open none")
    notebook.page.evaluate(START, f"{notebook.site}asgi/elsewhere/")
    other.run("await reached.wait()")
    before = notebook.page.evaluate("() => performance.now()")
    end(other)
    status, text, after = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "The kernel that served elsewhere is gone" in text
    assert after - before < 1000
    other.page.close()


def test_restart_of_a_kernel_ends_requests_and_panels(notebook: Notebook) -> None:
    notebook.run(WAITING + "%asgi_serve waiting --open none")
    notebook.run(plain("shown") + "%asgi_serve shown")
    expect(notebook.frame("shown").locator("body")).to_have_text("hello")
    notebook.page.evaluate(START, f"{notebook.site}asgi/waiting/")
    notebook.run("await reached.wait()")
    notebook.page.evaluate("() => window.notebookPanel.sessionContext.session.kernel.restart()")
    status, text, _ = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "The kernel that served waiting is gone" in text
    gone = re.compile("No app is served as shown|The kernel that served shown is gone")
    expect(notebook.frame("shown").locator("body")).to_contain_text(gone)
    assert notebook.run(plain("shown", "again") + "%asgi_serve shown").error == ""
    assert notebook.fetch("asgi/shown/").text == "again"
    notebook.run("%pip install fastapi jinja2 python-multipart")
