"""Published apps on a phone: a narrow screen that is touched, and tabs that the system ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, ViewportSize, expect

from .conftest import Host
from .places import START, TAKE_SLOTS, Place, runtimes, shown

pytestmark = pytest.mark.only("chromium", "its driver imitates a phone; Firefox's does not")

WIDTH = 360

#: The width of what can be scrolled: the page, and the screen that covers it.
_WIDTHS = """() => [document.documentElement, document.getElementById('screen')]
  .map(({scrollWidth}) => scrollWidth)"""

_ID = "async () => (await fetch('id')).text()"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own, on a phone."""
    size: ViewportSize = {"width": WIDTH, "height": 640}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        yield context


def _expect_to_fit(page: Page) -> None:
    assert max(page.evaluate(_WIDTHS)) <= WIDTH


def _tap(button: Locator) -> None:
    """Tap a button that is on the screen, and large enough for a finger."""
    box = button.bounding_box()
    assert box is not None
    assert box["width"] >= 44
    assert box["height"] >= 24
    assert 0 <= box["x"] <= WIDTH - box["width"]
    button.tap()


def test_the_start_and_its_failure_fit(page: Page, place: Place) -> None:
    page.clock.install()
    working = place.manifest["app"]["expression"]
    place.declare(expression="hanging")
    page.goto(place.app)
    expect(page.locator("#status")).to_have_text("Starting the app…", timeout=START)
    _expect_to_fit(page)
    page.clock.fast_forward(31_000)
    slow = page.locator("section[role=status]")
    expect(slow).to_be_visible()
    _expect_to_fit(page)

    # One long word, in the sentence and in the traceback.
    place.declare(expression="int('x' * 200)")
    page.reload()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("ValueError", timeout=START)
    _expect_to_fit(page)
    place.declare(expression=working)
    _tap(alert.get_by_role("button", name="Retry"))
    shown(page)


def test_the_question_before_a_third_runtime_fits(context: BrowserContext, place: Place) -> None:
    other, page = context.new_page(), context.new_page()
    other.goto(f"{place.url}asgi/index.html")
    other.evaluate(TAKE_SLOTS)
    page.goto(place.app)
    expect(page.get_by_text("Two apps already run in this browser")).to_be_visible(timeout=START)
    _expect_to_fit(page)
    _tap(page.get_by_role("button", name="Start this one"))
    shown(page)
    assert runtimes(page) == 1


def test_an_app_has_the_width_of_the_screen(page: Page, host: Host) -> None:
    page.goto(f"{host.url}asgi/flask/")
    frame = shown(page)
    assert "width=device-width" in frame.content()
    assert frame.evaluate("() => [innerWidth, document.documentElement.scrollWidth]") == [
        WIDTH,
        WIDTH,
    ]
    page.frame_locator("#frame").get_by_role("link", name="Log in").tap()
    expect(page).to_have_url(f"{host.url}asgi/flask/login")
    _expect_to_fit(page)


def test_a_tab_that_the_system_ended_comes_back(context: BrowserContext, place: Place) -> None:
    page = context.new_page()
    page.goto(place.app)
    frame = shown(page)
    name = frame.evaluate(_ID)
    page.frame_locator("#frame").locator("#second").tap()
    expect(page).to_have_url(f"{place.app}second")
    url = page.url
    _crash(page)

    again = context.new_page()
    again.goto(url)
    frame = shown(again)
    expect(again).to_have_url(url)
    expect(again.frame_locator("#frame").locator("h1")).to_have_text("second")
    assert frame.evaluate(_ID) != name
    assert runtimes(again) == 1


def _crash(page: Page) -> None:
    """End a tab's process, as systems do that are short of memory."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")
