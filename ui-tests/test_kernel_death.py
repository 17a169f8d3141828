"""The kernel ends during a request: the client gets an error within a second."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from apps import plain
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser, BrowserContext, expect
from test_exchanges import WAITING

START = """url => {
  window.pending = fetch(url).then(async r => [r.status, await r.text(), performance.now()]);
}"""

RESTARTED = """() =>
  ['unknown', 'idle'].includes(window.notebookPanel.sessionContext.session.kernel.status)"""

End = Callable[[Notebook], None]


def by_reload(notebook: Notebook) -> None:
    notebook.page.reload(wait_until="commit")


def by_shutdown(notebook: Notebook) -> None:
    notebook.page.evaluate("() => window.notebookPanel.sessionContext.shutdown()")


def by_closing(notebook: Notebook) -> None:
    notebook.page.close()


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A new profile, which the tests of one setting share."""
    with guarded(browser) as context:
        context.new_page()
        yield context


@pytest.mark.parametrize("end", [by_reload, by_shutdown, by_closing])
def test_pending_request_gets_503_when_its_kernel_ends(
    profile: BrowserContext, site: str, end: End
) -> None:
    """Serving works after each load; on the second, JupyterLite registers its worker again."""
    page = profile.pages[0]
    page.bring_to_front()
    notebook = Notebook(page, site)
    assert notebook.run(plain("app", end.__name__) + "%asgi_serve app").error == ""
    expect(notebook.frame("app").locator("body")).to_have_text(end.__name__)

    client = profile.new_page()
    client.goto(f"{site}package.json")
    notebook.run(WAITING + "%asgi_serve waiting --open none")
    client.evaluate(START, f"{site}asgi/waiting/")
    notebook.run("await reached.wait()")
    before = client.evaluate("() => performance.now()")
    end(notebook)
    status, text, after = client.evaluate("() => window.pending")
    assert status == 503
    assert "The kernel that served waiting is gone" in text
    assert after - before < 1000
    client.close()


def test_restart_of_a_kernel_ends_requests_and_panels(mortal: Notebook) -> None:
    notebook = mortal
    notebook.run(WAITING + "%asgi_serve waiting --open none")
    notebook.run(plain("shown") + "%asgi_serve shown")
    expect(notebook.frame("shown").locator("body")).to_have_text("hello")
    notebook.page.evaluate(START, f"{notebook.site}asgi/waiting/")
    notebook.run("await reached.wait()")
    notebook.page.evaluate("() => window.notebookPanel.sessionContext.session.kernel.restart()")
    status, text, _ = notebook.page.evaluate("() => window.pending")
    assert status == 503
    assert "The kernel that served waiting is gone" in text
    gone = re.compile("No app named shown is running|The kernel that served shown is gone")
    expect(notebook.frame("shown").locator("body")).to_contain_text(gone)
    assert notebook.run(plain("shown", "again") + "%asgi_serve shown").error == ""
    assert notebook.fetch("asgi/shown/").text == "again"


def test_exit_of_python_ends_requests_and_offers_a_restart(mortal: Notebook) -> None:
    notebook = mortal
    notebook.run(WAITING + "%asgi_serve waiting --open none")
    client = notebook.page.context.new_page()
    client.goto(f"{notebook.site}package.json")
    client.evaluate(START, f"{notebook.site}asgi/waiting/")
    notebook.run("await reached.wait()")
    before = client.evaluate("() => performance.now()")
    notebook.start("import os\nos._exit(0)")
    status, text, after = client.evaluate("() => window.pending")
    assert status == 503
    assert "The kernel that served waiting is gone" in text
    assert after - before < 1500
    client.close()
    notice = notebook.page.locator(
        ".Toastify__toast", has_text=re.compile(r"The kernel of \S+\.ipynb has failed")
    )
    notice.get_by_role("button", name="Restart the kernel").click()
    notebook.page.wait_for_function(RESTARTED)
    assert notebook.run(plain("app", "again") + "%asgi_serve app --open none").error == ""
    assert notebook.fetch("asgi/app/").text == "again"
