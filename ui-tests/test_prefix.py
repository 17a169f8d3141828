"""What JupyterLite has itself stays so, whatever an app says URLs of its origin's root for."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import Page
from unaware import ASKED, LOADS, Unaware


def test_what_is_jupyterlites_stays_so_while_an_app_is_open(
    notebook: Notebook, tab: Page, engine: str
) -> None:
    app = Unaware(notebook, "guest", LOADS)
    app.restart(referrer_policy="no-referrer")
    tab.goto(app.url)
    app.wait_for(*ASKED)
    notebook.run("open('/drive/guest.txt', 'w').write('kept')")
    for restart in range(2):
        if restart:
            if engine != "chromium":
                break  # only CDP can stop a worker
            app.restart(referrer_policy="no-referrer")
            notebook.stop_workers()
            # The page that was there before asks again, and what its stylesheet names.
            tab.evaluate(
                """() => {
                  fetch('/api?q=1');
                  document.querySelector('link').href = '/static/style.css?again';
                }"""
            )
            app.wait_for("GET /api q=1", "GET /static/style.css again", "GET /static/imported.css")
        assert "JupyterLite" in notebook.fetch("lab/index.html").text
        assert '"content"' in notebook.fetch("api/contents/all.json").text
        assert notebook.fetch("static/style.css").status == 404
        assert notebook.value("open('/drive/guest.txt').read()") == "'kept'"
    assert all("/lab" not in line and "/drive" not in line for line in app.seen)
