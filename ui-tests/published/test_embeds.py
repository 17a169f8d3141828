"""Published apps in frames of pages, of the same site and of others."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from servers import serve_app

from .places import START, Place, runtimes

_EMBEDS = b"""<!doctype html><iframe name="near" src="asgi/pages/?embed"></iframe>
<iframe name="far" src="asgi/pages/?embed" style="display: block; margin-top: 9000px"></iframe>"""


def test_embeds_start_when_they_are_visible(context: BrowserContext, place: Place) -> None:
    place.write("embeds.html", _EMBEDS)
    page = context.new_page()
    page.goto(f"{place.url}embeds.html")
    near, far = (page.frame_locator(f"[name={name}]") for name in ("near", "far"))
    title = near.frame_locator("#frame").locator("h1")
    expect(title).to_have_text("home", timeout=START)
    expect(far.locator("#frame")).to_have_count(0)
    near.frame_locator("#frame").locator("#second").click()
    expect(title).to_have_text("second")
    expect(page).to_have_url(f"{place.url}embeds.html")

    page.locator("[name=far]").scroll_into_view_if_needed()
    expect(far.frame_locator("#frame").locator("h1")).to_have_text("home", timeout=START)
    assert runtimes(page) == 1


def test_other_sites_show_what_the_app_allows_them(page: Page, place: Place) -> None:
    async def embedding(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        body = f"<!doctype html><iframe src='{place.app}?embed' height=600></iframe>"
        await send({"type": "http.response.body", "body": body.encode()})

    with serve_app(embedding, "localhost") as other:
        page.goto(other)
        shell = page.frame_locator("iframe")
        app = shell.frame_locator("#frame")
        expect(app.locator("h1")).to_have_text("home", timeout=START)
        app.locator("#guarded").click()
        expect(app.locator("h1")).to_have_text("This app may not be shown here")
        tab = app.get_by_role("link", name="in a tab of its own")
        expect(tab).to_have_attribute("target", "_blank")

        page.goto(other)
        app.locator("#allowed").click(timeout=START)
        expect(app.locator("h1")).to_have_text("allowed")

    page.goto(f"{place.app}guarded")
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("guarded", timeout=START)
