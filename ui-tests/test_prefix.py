"""Root-relative URLs of an app do not affect JupyterLite's own requests."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import Page
from unaware import EXPECTED, LOADS, Unaware


def test_jupyterlites_own_files_are_served_while_an_app_is_open(
    notebook: Notebook, tab: Page, engine: str
) -> None:
    app = Unaware(notebook, "guest", LOADS)
    app.restart(referrer_policy="no-referrer")
    tab.goto(app.url)
    app.wait_for(*EXPECTED)
    notebook.run("open('/drive/guest.txt', 'w').write('kept')")
    for restart in range(2):
        if restart:
            if engine != "chromium":
                break  # only CDP can stop a worker
            app.restart(referrer_policy="no-referrer")
            notebook.stop_workers()
            # The page from before makes new requests, and so does its stylesheet.
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
