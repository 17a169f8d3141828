"""Published apps in frames of pages, of the same site and of others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import guarded, launch
from playwright.sync_api import BrowserContext, Playwright, expect
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


@contextlib.contextmanager
def _embedding(place: Place, query: str = "?embed") -> Iterator[str]:
    """Serve a page of another site with the app in a frame; yield its URL."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        body = f"<!doctype html><iframe src='{place.app}{query}' height=600></iframe>"
        await send({"type": "http.response.body", "body": body.encode()})

    with serve_app(app, "localhost") as url:
        yield url


@pytest.mark.only("chromium", "Firefox has no Web Locks in frames of other sites")
def test_other_sites_show_what_the_app_allows_them(
    playwright: Playwright, engine: str, place: Place
) -> None:
    # The last such argument counts: Playwright's disables the partitioning of storage.
    browser = launch(playwright, engine, args=["--disable-features=Translate"])
    with contextlib.closing(browser), guarded(browser) as context, _embedding(place) as other:
        page = context.new_page()
        page.goto(other)
        app = page.frame_locator("iframe").frame_locator("#frame")
        expect(app.locator("h1")).to_have_text("home", timeout=START)
        app.locator("#guarded").click()
        expect(app.locator("h1")).to_have_text("This app may not be shown here")
        with context.expect_page() as popup:
            app.get_by_role("link", name="in a tab of its own").click()
        expect(popup.value).to_have_url(place.app)

        page.goto(other)
        app.locator("#allowed").click(timeout=START)
        expect(app.locator("h1")).to_have_text("allowed")

        # Whatever is open in frames elsewhere.
        popup.value.goto(f"{place.app}guarded")
        shown = popup.value.frame_locator("#frame").locator("h1")
        expect(shown).to_have_text("guarded", timeout=START)


@pytest.mark.only("chromium", "Firefox has no Web Locks in frames of other sites")
def test_a_frame_of_another_site_without_the_query_starts_when_it_is_asked(
    playwright: Playwright, engine: str, place: Place
) -> None:
    browser = launch(playwright, engine, args=["--disable-features=Translate"])
    with contextlib.closing(browser), guarded(browser) as context, _embedding(place, "") as other:
        page = context.new_page()
        page.goto(other)
        shell = page.frame_locator("iframe")
        shell.get_by_role("button", name="Start it").click(timeout=START)
        app = shell.frame_locator("#frame")
        expect(app.locator("h1")).to_have_text("home", timeout=START)
        app.locator("#guarded").click()
        expect(app.locator("h1")).to_have_text("This app may not be shown here")


def test_blocked_storage_of_a_frame_is_explained(context: BrowserContext, place: Place) -> None:
    """Firefox denies such frames Web Locks, and Chromium's private windows all storage."""
    with _embedding(place) as other:
        page = context.new_page()
        page.goto(other)
        alert = page.frame_locator("iframe").get_by_role("alert")
        expect(alert).to_contain_text("blocks storage in frames of other sites")
        link = alert.get_by_role("link", name="Open in a tab")
        expect(link).to_have_attribute("href", place.app)
        expect(link).to_have_attribute("target", "_blank")
