"""Apps that forbid frames: in a frame of the site they are shown all the same."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from worker.stub import HTML, App, Kernel

POLICIES = ["style-src 'none'; frame-ancestors 'none'", "frame-ancestors https://example.org"]
GUARD = [("x-frame-options", "DENY"), *(("content-security-policy", p) for p in POLICIES)]

PAGE = """<!doctype html><p>guarded</p>
<p id="styled" style="color: red">styled</p><iframe src="inner"></iframe>"""

_COLOR = "element => getComputedStyle(element).color"


def guard(app: App) -> None:
    """Let the app forbid frames, and styles."""
    app.answer("/", PAGE, [HTML, *GUARD])
    app.answer("/inner", "<!doctype html><p>inner</p>", [HTML, *GUARD])


def test_an_app_that_forbids_frames_is_shown_in_one_of_the_site(
    kernel: Kernel, app: App, tab: Page
) -> None:
    guard(app)
    frame = kernel.show(tab, app.url)
    expect(frame.locator("p").first).to_have_text("guarded")
    expect(frame.frame_locator("iframe").locator("p")).to_have_text("inner")
    # The rest of the policy holds.
    assert frame.locator("#styled").evaluate(_COLOR) == "rgb(0, 0, 0)"


def test_in_a_tab_of_its_own_it_says_so_as_ever(app: App, tab: Page) -> None:
    guard(app)
    response = tab.goto(app.url)
    assert response is not None
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["content-security-policy"].split(", ") == POLICIES
    expect(tab.locator("p").first).to_have_text("guarded")
    assert tab.locator("#styled").evaluate(_COLOR) == "rgb(0, 0, 0)"
