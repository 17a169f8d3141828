"""Apps that forbid framing are shown in frames of the site anyway."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from worker.stub import HTML, App, Kernel

POLICIES = ["style-src 'none'; frame-ancestors 'none'", "frame-ancestors https://example.org"]
GUARD = [("x-frame-options", "DENY"), *(("content-security-policy", p) for p in POLICIES)]

PAGE = """<!doctype html><p>guarded</p>
<p id="styled" style="color: red">styled</p><iframe src="inner"></iframe>"""

_COLOR = "element => getComputedStyle(element).color"


def guard(app: App) -> None:
    """Make the app forbid framing and styles."""
    app.answer("/", PAGE, [HTML, *GUARD])
    app.answer("/inner", "<!doctype html><p>inner</p>", [HTML, *GUARD])


def test_app_that_forbids_framing_is_shown_in_a_frame_of_the_site(
    kernel: Kernel, app: App, tab: Page
) -> None:
    guard(app)
    frame = kernel.show(tab, app.url)
    expect(frame.locator("p").first).to_have_text("guarded")
    expect(frame.frame_locator("iframe").locator("p")).to_have_text("inner")
    # The rest of the policy applies.
    assert frame.locator("#styled").evaluate(_COLOR) == "rgb(0, 0, 0)"


def test_headers_against_framing_are_kept_in_a_tab(app: App, tab: Page) -> None:
    guard(app)
    response = tab.goto(app.url)
    assert response is not None
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["content-security-policy"].split(", ") == POLICIES
    expect(tab.locator("p").first).to_have_text("guarded")
    assert tab.locator("#styled").evaluate(_COLOR) == "rgb(0, 0, 0)"
