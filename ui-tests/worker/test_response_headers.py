"""Response headers whose values no browser expects."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from worker.stub import HTML, App


@pytest.mark.parametrize("coding", ["utf-8", "latin-1"])
@pytest.mark.parametrize(
    "name",
    ["content-security-policy", "content-security-policy-report-only", "timing-allow-origin"],
)
def test_page_with_a_non_ascii_policy_is_shown(app: App, tab: Page, name: str, coding: str) -> None:
    """Chromium's page would crash, and the notebook's page with it."""
    value = "é script-src 'none'".encode(coding).decode("latin-1")
    app.answer("/", "<!doctype html><p>shown</p>", [HTML, (name, value)])
    tab.goto(app.url)
    expect(tab.locator("p")).to_have_text("shown")
