"""What the page of a published app says when the app does not start, and Retry."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .places import HEARD, LISTEN, START, Place, shown


def _retry(page: Page) -> None:
    page.get_by_role("alert").get_by_role("button", name="Retry").click()


def test_an_app_that_raises_is_shown_and_tried_again(page: Page, place: Place) -> None:
    working = place.manifest["app"]["expression"]
    place.declare(expression="1/0")
    page.goto(place.app)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("ZeroDivisionError: division by zero", timeout=START)
    expect(alert).to_be_focused()

    place.declare(expression="failing")
    _retry(page)
    expect(alert).to_contain_text("no database", timeout=START)
    alert.locator("summary").click()
    expect(alert.locator("details pre")).to_contain_text("connecting")

    place.declare(expression=working)
    _retry(page)
    shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")


def test_an_app_that_ends_python_is_explained(page: Page, place: Place) -> None:
    place.declare()  # without the snapshot
    page.goto(place.app)
    shown(page).evaluate("() => location.assign('end')")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Python has crashed", timeout=START)
    # Nobody serves the page, whose place the shell's takes then.
    expect(page.frame_locator("#frame").locator("#screen")).to_be_attached(timeout=START)
    expect(alert).to_be_visible()
    page.goto(place.app)
    shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")


def test_an_app_that_ends_python_at_its_import_is_explained(page: Page, place: Place) -> None:
    place.declare(expression="__import__('os')._exit(3)")
    page.goto(place.app)
    expect(page.get_by_role("alert")).to_contain_text("Python has crashed", timeout=START)


@pytest.mark.parametrize("name", ["loader", "glue"])
def test_scripts_that_are_missing_or_something_else(page: Page, place: Place, name: str) -> None:
    script = place.manifest["pyodide"][name]["url"]
    place.declare()  # no snapshot
    content = place.read(script)
    alert = page.get_by_role("alert")
    place.write(script, None)
    page.goto(place.app)
    expect(alert).to_contain_text(f"The site has no file {script} (404)", timeout=START)
    place.write(script, b"<!doctype html>")
    _retry(page)
    expect(alert).to_contain_text(f"The file {script} is no script", timeout=START)
    place.write(script, content)
    _retry(page)
    shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")


#: Replaces the stored copy of a file.
_DAMAGE = """async url => {
  for (const name of await caches.keys()) {
    await (await caches.open(name)).put(url, new Response('damaged'));
  }
}"""


def test_a_damaged_copy_is_loaded_again(page: Page, place: Place) -> None:
    page.add_init_script(LISTEN)
    page.goto(place.app)
    shown(page)
    page.wait_for_function(HEARD, arg="kept", timeout=START)
    page.evaluate(_DAMAGE, place.url + place.manifest["first"]["url"])
    page.goto(place.app)
    expect(page.get_by_role("alert")).to_contain_text("is damaged", timeout=START)
    _retry(page)
    shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")


@pytest.mark.parametrize("script", ["shell", "runtime"])
def test_a_damaged_copy_of_our_scripts_is_replaced(page: Page, place: Place, script: str) -> None:
    url = place.url + place.manifest["scripts"][script]["url"]
    page.add_init_script(LISTEN)
    page.goto(place.app)
    shown(page)
    page.wait_for_function(HEARD, arg="kept", timeout=START)
    page.evaluate(_DAMAGE, url)
    page.goto(place.app)
    if script == "runtime":
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Python could not be loaded", timeout=START)
        _retry(page)
    shown(page)
    page.wait_for_function(HEARD, arg="kept", timeout=START)
    page.goto(place.app)  # from copies again
    shown(page)
    assert page.evaluate("jupyterliteAsgiShell.isRenewed") is False


def test_files_that_are_missing_or_something_else(page: Page, place: Place) -> None:
    manifest = place.manifest
    wasm = manifest["pyodide"]["wasm"]["url"]
    runtime = manifest["scripts"]["runtime"]["url"]
    place.declare()  # no snapshot
    contents = place.read(wasm), place.read(runtime)
    alert = page.get_by_role("alert")

    place.write(wasm, None)
    page.goto(place.app)
    expect(alert).to_contain_text("pyodide.asm.wasm", timeout=START)
    place.write(wasm, b"<!doctype html>")
    _retry(page)
    expect(alert).to_contain_text("has 15 bytes instead of", timeout=START)
    place.write(wasm, contents[0])
    place.write(runtime, None)
    _retry(page)
    expect(alert).to_contain_text("Python could not be loaded", timeout=START)
    place.write(runtime, contents[1])
    _retry(page)
    shown(page)


def test_a_load_that_hangs(page: Page, place: Place) -> None:
    page.clock.install()
    place.declare(expression="hanging")
    page.goto(place.app)
    expect(page.locator("#status")).to_have_text("Starting the app…", timeout=START)
    page.clock.fast_forward(31_000)
    notice = page.locator("section[role=status]")
    expect(notice).to_contain_text("Nothing has happened for half a minute")
    notice.get_by_role("button").click()
    expect(notice).to_be_hidden()
    expect(page.locator("#status")).to_have_text("Starting the app…")


_REFUSE = """
const {register} = ServiceWorkerContainer.prototype;
ServiceWorkerContainer.prototype.register = function (...given) {
  return sessionStorage.allowed ? register.apply(this, given)
    : Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
};
"""


def test_browsers_that_cannot(page: Page, context: BrowserContext, place: Place) -> None:
    page.add_init_script(_REFUSE)
    page.goto(place.app)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This window allows no service worker", timeout=START)
    page.evaluate("() => { sessionStorage.allowed = '1'; }")
    _retry(page)
    shown(page)

    old = context.new_page()
    old.add_init_script("delete URL.canParse;")
    old.goto(place.app)
    expect(old.get_by_role("alert")).to_contain_text("because it lacks URL.canParse")


@pytest.mark.only("chromium", "Playwright reloads without the worker in Chromium only")
def test_a_reload_without_the_worker(page: Page, place: Place) -> None:
    page.goto(place.app)
    shown(page)
    session = page.context.new_cdp_session(page)
    with page.expect_navigation():
        session.send("Page.reload", {"ignoreCache": True})
    shown(page)
    expect(page.frame_locator("#frame").locator("h1")).to_have_text("home")
    assert page.evaluate("() => navigator.serviceWorker.controller") is None
