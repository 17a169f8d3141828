"""Forms that pages of a published app post, and their places in the history."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, FrameLocator, Page, expect

from .places import Place, shown

#: Chooses a file of 3 MB.
_CHOOSE = """input => {
  const chosen = new DataTransfer();
  chosen.items.add(new File([new Uint8Array(3_000_000)], 'file'));
  input.files = chosen.files;
}"""


def _open(page: Page, place: Place) -> FrameLocator:
    """Open the app, and a second page of it."""
    page.goto(place.app)
    shown(page)
    app = page.frame_locator("#frame")
    _expect(page, place, "", "GET []")
    page.evaluate("() => { window.before = history.length; }")
    app.locator("#second").click()
    _expect(page, place, "second", "GET []")
    return app


def _expect(page: Page, place: Place, path: str, got: str | None = None) -> None:
    """Expect this page of the app, and the method and the sizes that it shows."""
    expect(page).to_have_url(place.app + path)
    app = page.frame_locator("#frame")
    expect(app.locator("h1")).to_have_text(path.partition("?")[0] or "home")
    if got is not None:
        expect(app.locator("#got")).to_have_text(got)


def _added(page: Page) -> int:
    """How many entries the history has since the app was opened."""
    added: int = page.evaluate("() => history.length - window.before")
    return added


def _expect_history(page: Page, place: Place, *paths: str) -> None:
    """Expect these pages on the way back to the first, and on the way forward again."""
    for path in reversed(paths[:-1]):
        page.go_back()
        _expect(page, place, path)
    for path in paths[1:]:
        page.go_forward()
        _expect(page, place, path)


@pytest.mark.parametrize("is_reloaded", [False, True])
@pytest.mark.parametrize("button", ["save", "save-stray", "again"])
def test_a_form_that_redirects(page: Page, place: Place, button: str, is_reloaded: bool) -> None:
    app = _open(page, place)
    app.locator(f"#{button}").click()
    _expect(page, place, "saved")
    assert _added(page) == 2
    if is_reloaded:
        page.reload()
        shown(page)
    _expect_history(page, place, "", "second", "saved")


@pytest.mark.parametrize("is_reloaded", [False, True])
def test_a_form_that_is_answered_with_a_page(page: Page, place: Place, is_reloaded: bool) -> None:
    app = _open(page, place)
    app.locator("#post").click()
    _expect(page, place, "posted", "POST [0]")
    assert _added(page) == 2
    if is_reloaded:
        page.reload()
        shown(page)
    _expect_history(page, place, "", "second", "posted")


def test_forms_by_scripts_with_files_and_in_a_row(page: Page, place: Place) -> None:
    app = _open(page, place)
    app.locator("input[type=file]").evaluate(_CHOOSE)
    app.locator("form:has(#save)").evaluate("form => form.submit()")
    _expect(page, place, "saved")
    [size] = app.locator("#got").evaluate("({textContent}) => JSON.parse(textContent.slice(4))")
    assert size > 3_000_000
    app.locator("#see-other").click()
    _expect(page, place, "second?moved")
    app.locator("#post").click()
    _expect(page, place, "posted")
    assert _added(page) == 4
    page.reload()
    shown(page)
    _expect_history(page, place, "", "second", "saved", "second?moved", "posted")


def test_a_form_whose_page_has_its_address(page: Page, place: Place) -> None:
    app = _open(page, place)
    for got in ("POST [0]", "POST [0, 0]"):  # errors, twice
        app.locator("#check").click()
        _expect(page, place, "second", got)
    assert _added(page) == 2
    page.go_back()
    _expect(page, place, "second", "GET [0, 0]")
    page.go_back()
    _expect(page, place, "")
    page.go_forward()
    _expect(page, place, "second", "GET [0, 0]")

    app.locator("#check").click()
    _expect(page, place, "second", "POST [0, 0, 0]")
    app.locator("#save").click()
    _expect(page, place, "saved")
    assert _added(page) == 2
    _expect_history(page, place, "", "second", "saved")

    app.locator("#save").click()  # leads to the same page, as an entry of its own
    expect(app.locator("#got")).to_have_text(re.compile(r"GET \[0, 0, 0, \d+, \d+\]"))
    assert _added(page) == 3
    _expect_history(page, place, "", "second", "saved", "saved")


def test_forms_that_lead_to_no_page(page: Page, place: Place) -> None:
    app = _open(page, place)
    app.locator("#none").click()
    with page.expect_download() as download:
        app.locator("#save-file").click()
    assert download.value.path().read_text("utf-8") == "saved"
    with page.expect_popup() as popup:
        app.locator("#save-blank").click()
    expect(popup.value).to_have_url(f"{place.app}saved")
    popup.value.close()
    _expect(page, place, "second")
    assert _added(page) == 1

    app.locator("#save").click()
    _expect(page, place, "saved")
    _expect_history(page, place, "", "second", "saved")


def test_a_form_that_leads_to_another_app(page: Page, place: Place) -> None:
    app = _open(page, place)
    app.locator("#leave").click()
    expect(page).to_have_url(f"{place.url}asgi/")
    page.go_back()
    _expect(page, place, "second")


def test_a_response_that_the_shell_may_not_read(page: Page, place: Place) -> None:
    app = _open(page, place)
    app.locator("#sandboxed").click()
    expect(page).to_have_url(f"{place.app}sandboxed")
    page.go_back()
    _expect(page, place, "second")
    page.go_back()
    _expect(page, place, "")


def test_tabs_that_post_to_the_same_address_at_once(page: Page, place: Place) -> None:
    tabs = [page, page.context.new_page()]
    apps = [_open(tab, place) for tab in tabs]
    at = page.evaluate("() => Date.now() + 1000")
    submit = "(button, at) => { setTimeout(() => button.click(), at - Date.now()); }"
    for app in apps:
        app.locator("#post").evaluate(submit, at)
    for tab, app in zip(tabs, apps, strict=True):
        expect(app.locator("#got")).to_have_text(re.compile("POST"))
        expect(tab).to_have_url(f"{place.app}posted")
    shown_in = {app.locator("#got").text_content() for app in apps}
    assert len(shown_in) == 2


_ASK = """() => addEventListener('beforeunload', event => {
  event.preventDefault();
  event.returnValue = 'stay';
})"""


def test_the_reader_is_asked_once_whether_to_leave(page: Page, place: Place) -> None:
    app = _open(page, place)
    app.locator("body").evaluate(_ASK)
    questions: list[str] = []

    def accept(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    app.locator("h1").click()  # nobody is asked who has done nothing
    app.locator("#save").click()
    _expect(page, place, "saved")
    assert questions == ["beforeunload"]
