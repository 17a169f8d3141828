"""The address bar, the history, the title and the icon of a published app."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .places import Place, shown


def _expect(page: Page, url: str, title: str) -> None:
    """Expect that the address and the app's page are these."""
    expect(page).to_have_url(url)
    expect(page).to_have_title(title)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text(title)


def test_addresses_reload_and_history(page: Page, place: Place) -> None:
    # The host sends 404.html, as there is no service worker yet.
    page.goto(f"{place.app}deep?query#part")
    shown(page)
    _expect(page, f"{place.app}deep?query#part", "deep")
    icon = page.locator("link[rel=icon]")
    expect(icon).to_have_attribute("href", f"{place.app}icon-deep.svg")

    app = page.frame_locator("#frame")
    app.locator("#second").click()
    _expect(page, f"{place.app}second", "second")
    app.locator("#moved").click()
    _expect(page, f"{place.app}second?moved", "second")
    page.reload()
    shown(page)
    _expect(page, f"{place.app}second?moved", "second")
    page.go_back()
    _expect(page, f"{place.app}second", "second")
    page.go_back()
    _expect(page, f"{place.app}deep?query#part", "deep")
    page.go_forward()
    _expect(page, f"{place.app}second", "second")


def test_what_the_page_does_itself(page: Page, place: Place) -> None:
    page.goto(place.app)
    frame = shown(page)
    app = page.frame_locator("#frame")
    app.locator("#part").first.click()
    expect(page).to_have_url(f"{place.app}#part")
    app.locator("#push").click()
    expect(page).to_have_url(f"{place.app}pushed")
    page.go_back()
    expect(page).to_have_url(f"{place.app}#part")

    app.locator("#post").click()
    _expect(page, f"{place.app}posted", "posted")
    page.go_back()
    _expect(page, f"{place.app}#part", "home")
    app.locator("#see-other").click()
    _expect(page, f"{place.app}second?moved", "second")

    frame.evaluate("() => { document.title = 'new'; }")
    expect(page).to_have_title("new")
    with page.expect_download() as download:
        app.locator("#file").click()
    assert download.value.path().read_text("utf-8") == "saved"
    expect(page).to_have_url(f"{place.app}second?moved")


def test_links_that_leave(page: Page, place: Place) -> None:
    page.goto(place.app)
    shown(page)
    app = page.frame_locator("#frame")
    with page.expect_popup() as popup:
        app.locator("#blank").click()
    shown(popup.value)
    _expect(popup.value, f"{place.app}second?blank", "second")
    popup.value.close()
    app.locator("#top").click()
    shown(page)
    _expect(page, f"{place.app}second?top", "second")

    # Playwright's click would scroll to the link.
    app.locator("#second").evaluate("link => { scrollTo(0, 700); link.click(); }")
    _expect(page, f"{place.app}second", "second")
    page.go_back()
    _expect(page, f"{place.app}second?top", "second")
    page.wait_for_function("() => document.querySelector('#frame').contentWindow.scrollY === 700")

    # Without the app's prefix, but the page stays, with its runtime.
    page.evaluate("() => { window.isSame = true; }")
    app.locator("#stray").click()
    _expect(page, f"{place.app}stray", "stray")
    assert page.evaluate("() => window.isSame")
    page.go_back()
    _expect(page, f"{place.app}second?top", "second")

    app.locator("#out").click()
    expect(page).to_have_url(f"{place.url}asgi/")
    expect(page.locator("h1")).to_have_text("Apps on this site")
    page.go_back()
    shown(page)
    _expect(page, f"{place.app}second?top", "second")


def test_a_page_that_is_still_loading_has_its_address(page: Page, place: Place) -> None:
    page.goto(place.app)
    shown(page)
    page.frame_locator("#frame").locator("#slow").click()
    expect(page).to_have_url(f"{place.app}slow")
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("slow")
    page.go_back()
    _expect(page, place.app, "home")
    page.evaluate("url => fetch(url)", f"{place.app}go")
