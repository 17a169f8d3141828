"""Links between the notebooks in `examples/`; `frameworks/` tests each by itself."""

from __future__ import annotations

import re

from lab import SLOW
from playwright.sync_api import BrowserContext, Locator, expect


def test_examples_link_to_each_other(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}lab/index.html?path=fastapi.ipynb")
    follow(page.get_by_role("link", name="forms and uploads"))
    expect(page.get_by_role("heading", name="Templates, files, forms and uploads")).to_be_visible()
    follow(page.get_by_role("link", name="the first example"))
    expect(page.get_by_role("heading", name="A FastAPI app")).to_be_visible()


def follow(link: Locator) -> None:
    """Click a link to another notebook, once JupyterLab has resolved it."""
    expect(link).to_have_attribute("href", re.compile("/files/"), timeout=SLOW)
    link.click()
