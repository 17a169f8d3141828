"""Response headers whose values no browser expects, or that come several times."""

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


#: Each repeated header and the value that scripts get, as from a server.
REPEATED = [
    ("link", ["<a>; rel=next", "<b>; rel=last"], "<a>; rel=next, <b>; rel=last"),
    ("vary", ["Accept", "Cookie"], "Accept, Cookie"),
    ("x-tag", ["1", "2"], "1, 2"),
    ("server-timing", ["a;dur=1", "b;dur=2"], "a;dur=1, b;dur=2"),
    ("www-authenticate", ["Basic", "Bearer"], "Basic, Bearer"),
]

GET_HEADERS = """async names => {
  const {headers} = await fetch('repeated');
  const request = new XMLHttpRequest();
  request.open('GET', 'repeated');
  await new Promise(resolve => { request.onload = resolve; request.send(); });
  return names.map(name => [headers.get(name), request.getResponseHeader(name)]);
}"""


def test_header_that_comes_several_times_arrives_joined(app: App, tab: Page) -> None:
    app.answer("/", "<!doctype html>", [HTML])
    headers = [(name, value) for name, values, _ in REPEATED for value in values]
    app.answer("/repeated", "", [HTML, *headers])
    tab.goto(app.url)
    got = tab.evaluate(GET_HEADERS, [name for name, *_ in REPEATED])
    assert got == [[joined, joined] for *_, joined in REPEATED]
