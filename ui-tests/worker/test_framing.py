"""Apps that forbid framing are shown in frames of the site anyway."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from servers import serve_app

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


#: Shows a URL in a frame of a page.
_SHOW = """async ([url, policy]) => {
  const frame = document.createElement('iframe');
  Object.assign(frame, {src: url, referrerPolicy: policy});
  const loaded = new Promise(resolve => { frame.onload = resolve; });
  document.body.append(frame);
  await loaded;
  window.frame = frame;
}"""


async def _foreign(scope: object, receive: object, send: Any) -> None:
    """Another site's page."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
    )
    await send({"type": "http.response.body", "body": b"<!doctype html><body></body>"})


def test_app_that_forbids_framing_is_blocked_in_a_frame_of_unknown_origin(
    kernel: Kernel, app: App, tab: Page
) -> None:
    app.answer("*", "<!doctype html><p>guarded</p>", [HTML, ("x-frame-options", "DENY")])
    tab.goto(f"{kernel.site}package.json")
    for policy, shown in {"no-referrer": False, "origin": True, "": True}.items():
        tab.evaluate(_SHOW, [app.url, policy])
        found = tab.evaluate("frame.contentDocument?.body?.textContent.trim() ?? null")
        assert (policy, found) == (policy, "guarded" if shown else None)


def test_app_that_forbids_framing_is_blocked_in_a_frame_of_another_port(
    app: App, tab: Page
) -> None:
    # Its worker is that of the site, because ports do not matter to a site.
    app.answer("*", "<!doctype html><p>guarded</p>", [HTML, ("x-frame-options", "DENY")])
    app.answer("/free", "<!doctype html><p>free</p>", [HTML])
    with serve_app(_foreign) as near:
        tab.goto(near)
        for path in ("free", ""):
            tab.evaluate(_SHOW, [app.url + path, ""])
        app.wait_for("GET /free", "GET /")
        expect(tab.frame_locator("iframe >> nth=0").locator("p")).to_have_text("free")
        expect(tab.frame_locator("iframe >> nth=1").get_by_text("guarded")).to_have_count(0)
