"""The page for an app that no kernel serves."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from worker.stub import Kernel


def test_link_leads_out_of_the_app(kernel: Kernel, tab: Page) -> None:
    """From an app's pages the worker redirects other links to the site's root into the app."""
    tab.goto(f"{kernel.site}asgi/unserved/")
    tab.get_by_role("link", name="Open JupyterLite").click()
    # The root of the demo site leads to its list of apps.
    expect(tab).to_have_url(f"{kernel.site}asgi/index.html")
    tab.get_by_role("link", name="Open JupyterLab").click()
    expect(tab).to_have_url(re.compile(rf"^{re.escape(kernel.site)}lab/"))
