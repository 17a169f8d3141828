"""Frames whose sandbox gives them an opaque origin, so that no service worker serves them."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from worker.stub import HTML, TEXT, App

INNER = """<!doctype html><title>inner</title><p>inner</p><script>
document.querySelector('p').textContent += ` ${origin} ${document.compatMode} ${document.baseURI}`;
</script>"""

#: The smallest picture.
GIF = (
    "GIF89a\x01\x00\x01\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00"
    ",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;"
)


#: Notes that a frame has loaded.
LOADED = """<script>
document.addEventListener('load', ({target}) => {
  window.loaded ||= target instanceof HTMLIFrameElement;
}, true);
</script>"""


def show(app: App, tab: Page, frame: str) -> FrameLocator:
    """Show a page of the app with that frame; return the frame's content.

    A frame of opaque origin gets a process of its own in Chromium. On a busy machine Playwright
    then loses the frame in about one of 100 loads, although the screen shows it.
    """
    app.answer("/", f"<!doctype html>{LOADED}{frame}", [HTML])
    app.answer("/inner", INNER, [HTML])
    app.answer("/other", "<!doctype html><p>other</p>", [HTML])
    for _ in range(3):
        tab.goto(app.url)
        tab.wait_for_function("window.loaded")
        if len(tab.frames) > 1:
            break
    return tab.frame_locator("iframe")


@pytest.mark.parametrize("path", ["inner", "/inner"])
def test_sandboxed_frame_shows_the_apps_page(app: App, tab: Page, path: str) -> None:
    frame = show(app, tab, f'<iframe sandbox="allow-scripts" src="{path}"></iframe>')
    expect(frame.locator("p")).to_have_text(f"inner null CSS1Compat {app.url}inner")


def test_frame_with_the_whole_sandbox_shows_the_apps_page(app: App, tab: Page) -> None:
    frame = show(app, tab, '<iframe sandbox src="inner"></iframe>')
    expect(frame.locator("p")).to_have_text("inner")  # no script ran


def test_frame_follows_its_attributes(app: App, tab: Page) -> None:
    frame = show(app, tab, '<iframe sandbox src="inner"></iframe>')
    expect(frame.locator("p")).to_have_text("inner")
    tab.evaluate("document.querySelector('iframe').src = 'other'")
    expect(frame.locator("p")).to_have_text("other")
    tab.evaluate("document.querySelector('iframe').removeAttribute('sandbox')")
    tab.evaluate("document.querySelector('iframe').src = 'inner'")
    expect(frame.locator("p")).to_contain_text(f"{app.url}inner")


def test_page_hears_of_one_load(app: App, tab: Page) -> None:
    frame = show(
        app,
        tab,
        "<script>loads = 0</script>"
        '<iframe sandbox="allow-scripts" src="inner" onload="loads += 1"></iframe>',
    )
    expect(frame.locator("p")).to_contain_text("inner null")
    tab.wait_for_function("loads > 0")
    assert tab.evaluate("loads") == 1


def test_policy_of_the_page_applies(app: App, tab: Page) -> None:
    app.answer("/guarded", INNER, [HTML, ("content-security-policy", "script-src 'none'")])
    frame = show(app, tab, '<iframe sandbox="allow-scripts" src="guarded"></iframe>')
    expect(frame.locator("p")).to_have_text("inner")


@pytest.mark.parametrize(
    ("header", "body", "element"),
    [
        (TEXT, "<b>text</b>", "pre:text-is('<b>text</b>')"),
        (("content-type", "image/gif"), GIF, "img[src^='data:image/gif;base64,R0lG']"),
        (("content-type", "application/pdf"), "%PDF", "p:has-text('add allow-same-origin')"),
    ],
    ids=["text", "picture", "pdf"],
)
def test_other_types_are_shown_or_explained(
    app: App, tab: Page, header: tuple[str, str], body: str, element: str
) -> None:
    app.answer("/file", body.encode("latin-1"), [header])
    frame = show(app, tab, '<iframe sandbox src="file"></iframe>')
    expect(frame.locator(element)).to_have_count(1)


def test_frames_own_document_is_left_alone(app: App, tab: Page) -> None:
    frame = show(app, tab, '<iframe sandbox srcdoc="<p>own" src="inner"></iframe>')
    expect(frame.locator("p")).to_have_text("own")
    assert "GET /inner" not in app.lines
