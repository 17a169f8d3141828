"""Datasette's pages in the panel of its example, for the tests of both versions."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path
from typing import Any

from lab import SLOW, Notebook
from playwright.sync_api import FrameLocator, ViewportSize, expect

#: Wide enough for Datasette to show tables in the panel; below 577 pixels it shows lists.
WIDE = ViewportSize(width=1600, height=900)

_CONTENT = """async path => {
  const {contents} = window.jupyterapp.serviceManager;
  return (await contents.get(path, {content: true, type: 'file', format: 'base64'})).content;
}"""

_SHOW = """(frame, url) => new Promise(resolve => {
  frame.addEventListener('load', () => resolve(), {once: true});
  frame.src = url;
})"""


def visit(example: Notebook, path: str = "birds/sightings") -> FrameLocator:
    """Load one of Datasette's pages in the panel; return the panel's content."""
    url = f"{example.site}asgi/ds/{path}"
    example.panel("ds").locator("iframe").evaluate(_SHOW, url)
    return example.frame("ds")


def log_in(example: Notebook) -> FrameLocator:
    """Log in as root with the link in the notebook, then reload the panel."""
    link = example.page.get_by_role("link", name="Log in as root")
    link.scroll_into_view_if_needed()
    with example.page.context.expect_page() as opened:
        link.click()
    expect(opened.value.locator(".actor")).to_have_text("root", timeout=SLOW)
    opened.value.close()
    example.reload_panel("ds")
    page = example.frame("ds")
    expect(page.locator(".actor")).to_have_text("root", timeout=SLOW)
    return page


def on_the_drive(example: Notebook, folder: Path, sql: str) -> list[Any]:
    """Run a query on the database file as the lab sees it on the drive; return the rows."""
    copy = folder / "copy.db"
    copy.write_bytes(base64.b64decode(example.page.evaluate(_CONTENT, "birds.db")))
    database = sqlite3.connect(copy)
    rows = database.execute(sql).fetchall()
    database.close()
    return rows
