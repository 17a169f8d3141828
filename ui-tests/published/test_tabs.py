"""Several pages of a published app, which share one runtime."""

from __future__ import annotations

import contextlib

import pytest
from conftest import guarded, launch
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from .places import Place, runtimes, shown

#: Whether a runtime serves the app.
_RUNS = """async () => (await navigator.locks.query()).held
  .some(({name}) => name.endsWith(' app pages'))"""

_TEXT = "async path => (await fetch(path)).text()"


def test_tabs_share_a_runtime_and_hand_it_over(context: BrowserContext, place: Place) -> None:
    one, two = context.new_page(), context.new_page()
    for page in (one, two):  # at once
        page.goto(place.app, wait_until="commit")
    frames = [shown(page) for page in (one, two)]
    assert runtimes(one) == 1
    names = {frame.evaluate(_TEXT, "id") for frame in frames}
    assert len(names) == 1

    # Whichever page owns the runtime is closed, while the other waits for a response.
    # Its worker is the runtime.
    owner, left = (one, two) if one.workers else (two, one)
    waiting = shown(left)
    waiting.evaluate("() => { window.answer = fetch('wait').then(response => response.text()); }")
    owner.close()
    assert waiting.evaluate(_TEXT, "id") not in names
    assert waiting.evaluate(_TEXT, "go") == "gone"
    assert waiting.evaluate("() => window.answer") == "done"
    assert runtimes(left) == 1


def _leave(page: Page) -> None:
    """Open an empty page; Firefox's driver may say that another navigation interrupts its own."""
    page.evaluate("() => location.assign('about:blank')")
    page.wait_for_url("about:blank")


def test_leaving_and_coming_back_makes_no_second_runtime(
    context: BrowserContext, place: Place
) -> None:
    page = context.new_page()
    # Before the app is shown, and afterwards.
    page.goto(place.app, wait_until="domcontentloaded")
    _leave(page)
    page.go_back()
    shown(page)
    _leave(page)
    page.go_back()
    frame = shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")
    assert frame.evaluate(_TEXT, "id")
    assert runtimes(page) == 1


#: The driver does not find the frames of a page that was kept.
_TEXT_IN_FRAME = """async path => {
  const {contentWindow} = document.getElementById('frame');
  return (await contentWindow.fetch(path)).text();
}"""


@pytest.mark.only("chromium", "Firefox keeps no page with a service worker under its driver")
def test_a_page_from_the_back_forward_cache_brings_no_second_runtime(
    playwright: Playwright, engine: str, place: Place
) -> None:
    browser = launch(playwright, engine, without=["--disable-back-forward-cache"])
    with contextlib.closing(browser), guarded(browser) as context:
        page, other = context.new_page(), context.new_page()
        page.goto(place.app)
        names = {shown(page).evaluate(_TEXT, "id")}
        page.evaluate("() => { window.isKept = true; }")
        page.goto(f"{place.url}asgi/")
        other.goto(place.app)  # starts a runtime, which the first page uses
        names.add(shown(other).evaluate(_TEXT, "id"))
        page.go_back(wait_until="commit")
        assert page.evaluate("() => window.isKept")
        assert page.evaluate(_TEXT_IN_FRAME, "id") in names
        assert len(names) == 2
        assert runtimes(page) == 1

        # Nor does it lack one when it is the only page.
        page.goto(f"{place.url}asgi/")
        other.close()
        page.go_back(wait_until="commit")
        assert page.evaluate("() => window.isKept")
        page.wait_for_function(_RUNS)
        assert page.evaluate(_TEXT_IN_FRAME, "id") not in names
        assert runtimes(page) == 1


_SET_VISIBILITY = """state => {
  Object.defineProperty(document, 'visibilityState', {configurable: true, value: state});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_runtime_ends_that_nobody_uses(page: Page, place: Place) -> None:
    page.clock.install()
    page.goto(place.app)
    frame = shown(page)
    names = {frame.evaluate(_TEXT, "id")}
    for _ in range(60):
        page.clock.fast_forward("00:31")
        assert runtimes(page) == 1  # somebody sees it

    def end() -> None:
        page.evaluate(_SET_VISIBILITY, "hidden")
        for _ in range(100):
            page.clock.fast_forward("00:31")
            if runtimes(page) == 0:
                return
        pytest.fail("the runtime has not ended")

    end()
    names.add(frame.evaluate(_TEXT, "id"))  # a request starts it again
    end()
    page.evaluate(_SET_VISIBILITY, "visible")
    page.wait_for_function(_RUNS)
    names.add(frame.evaluate(_TEXT, "id"))
    assert len(names) == 3
