"""The list of a site's apps, and the pages of sites that have published apps alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .places import NAME, Place, shown

_READ = "async path => (await fetch(path)).text()"

#: At the end of what the host sends, and so of no page of the service worker.
_SIGN = "<!-- made by jupyterlite-asgi -->\n"

_NOTE = "served by a notebook in this browser"

#: Takes the lock of an app, as a kernel does that serves it. The page holds it until it is closed.
_SERVE = """name => new Promise(granted => {
  const base = location.pathname.replace(/asgi\\/.*/, '');
  navigator.locks.request(`jupyterlite-asgi ${base} app ${name}`, () => {
    granted();
    return new Promise(() => {});
  });
})"""


def _install(page: Page, place: Place) -> None:
    """Let the page of the app install the service worker."""
    page.goto(place.app)
    shown(page)


def test_list_is_the_same_with_the_service_worker(page: Page, place: Place) -> None:
    page.goto(f"{place.url}asgi/")
    static: str = page.evaluate(_READ, page.url)
    assert static.endswith(_SIGN)
    _install(page, place)
    for path in ("asgi/", "asgi/index.html"):
        page.goto(place.url + path)
        assert page.evaluate(_READ, page.url) == static.removesuffix(_SIGN)
    page.get_by_role("link", name="Pages").click()
    expect(page).to_have_url(place.app)


def test_list_says_what_notebooks_serve(page: Page, place: Place) -> None:
    _install(page, place)
    other = page.context.new_page()
    other.goto(f"{place.url}asgi/")
    other.evaluate(_SERVE, "blog")
    page.goto(f"{place.url}asgi/")
    items = page.get_by_role("listitem")
    expect(items).to_have_text(["PPages", f"bblog{_NOTE}"])
    link = items.last.get_by_role("link")
    expect(link).to_have_accessible_name("blog")
    assert link.evaluate("link => link.href") == f"{place.url}asgi/blog/"

    other.evaluate(_SERVE, NAME)
    page.reload()
    expect(items).to_have_text([f"PPages{_NOTE}", f"bblog{_NOTE}"])


def test_unknown_addresses_lead_to_the_list(page: Page, place: Place) -> None:
    link = page.get_by_role("link", name="See the apps of this site")
    # The host sends 404.html, which has to find the site.
    for path in ("elsewhere", "elsewhere/asgi/deep", "asgi/nope/"):
        page.goto(place.url + path)
        expect(page.get_by_role("heading")).to_have_text("There is no page at this address")
        link.click()
        expect(page).to_have_url(f"{place.url}asgi/")
    _install(page, place)
    page.goto(f"{place.url}asgi/nope/")
    expect(page.get_by_role("heading")).to_have_text("This site has no app named nope")
    link.click()
    expect(page).to_have_url(f"{place.url}asgi/")
