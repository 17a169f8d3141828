"""Redirects of an app: the target, the method and the body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sites import serve_site

from worker.stub import HTML, TEXT, App, Kernel

FORM = """<!doctype html><form method="post" action="go/on"><input name="who" value="Ada">
<button>go</button></form>"""

_SEND = """async ([url, method, body, redirect]) => {
  try {
    const response = await fetch(url, {method, body, redirect});
    const {type, redirected} = response;
    return {type, url: response.url, redirected, text: await response.text()};
  } catch (error) {
    return error.name;
  }
}"""


def go(app: App, status: int, to: str) -> str:
    """Make the app redirect; return the URL that does."""
    app.answer("/go/on", status=status, headers=[("location", to)])
    return f"{app.url}go/on"


def send(kernel: Kernel, url: str, method: str = "GET", redirect: str = "follow") -> Any:
    """The result of ``fetch`` in a page of the site."""
    body = None if method in ("GET", "HEAD") else "a body"
    return kernel.page.evaluate(_SEND, [url, method, body, redirect])


def test_tabs_follow_redirects(app: App, tab: Page) -> None:
    app.answer("/seen/*", "seen", [TEXT])
    app.answer("/go/chain", status=302, headers=[("location", "301")])
    app.answer("/go/301", status=301, headers=[("location", "../seen/chain")])
    in_utf8 = "/seen/café?é".encode().decode("latin-1")
    for status, to, target in [
        (301, "../seen/relative", "seen/relative"),
        (302, "/seen/root?q=1", "seen/root?q=1"),
        (303, f"{app.url}seen/absolute", "seen/absolute"),
        (307, f"{app.origin}/seen/of-the-origin", "seen/of-the-origin"),
        (308, "/go/chain", "seen/chain"),
        (302, in_utf8, "seen/caf%C3%A9?%C3%A9"),
        (302, "/seen/latin-\xe9", "seen/latin-%E9"),
    ]:
        app.forget()
        tab.goto(f"{go(app, status, to)}#top")
        assert tab.url == f"{app.url}{target}#top"
        expect(tab.locator("body")).to_have_text("seen")
        assert f"GET /{target.replace('?', ' ')}" in app.lines


def test_refresh_stays_in_the_app(app: App, plain: App, tab: Page) -> None:
    # The second app has no page script.
    for served in (app, plain):
        served.answer("/seen/root", "seen", [TEXT])
        for then in ("0;url=/seen/root", "0; URL='seen/root'"):
            served.answer("/refresh", "<!doctype html><p>wait", [HTML, ("refresh", then)])
            tab.goto(f"{served.url}refresh")
            tab.wait_for_url(f"{served.url}seen/root")
            expect(tab.locator("body")).to_have_text("seen")


def test_forms_keep_their_body_with_307_and_308(kernel: Kernel, app: App, tab: Page) -> None:
    app.answer("/form", FORM, [HTML])
    app.answer("/seen/form", "seen", [TEXT])
    for status, seen in [
        (301, "GET /seen/form"),
        (302, "GET /seen/form"),
        (303, "GET /seen/form"),
        (307, "POST /seen/form who=Ada"),
        (308, "POST /seen/form who=Ada"),
    ]:
        app.forget()
        go(app, status, "/seen/form")
        frame = kernel.show(tab, f"{app.url}form")
        frame.get_by_role("button").click()
        expect(frame.locator("body")).to_have_text("seen")
        assert frame.locator("body").evaluate("() => location.href") == f"{app.url}seen/form"
        assert [line for line in app.lines if "/seen" in line] == [seen]


def test_fetch_obeys_its_redirect_option(kernel: Kernel, app: App) -> None:
    app.answer("/seen/end", "seen", [TEXT])
    for status, method, seen in [
        (301, "POST", "GET /seen/end"),
        (302, "POST", "GET /seen/end"),
        (303, "PUT", "GET /seen/end"),
        (302, "PUT", "PUT /seen/end a body"),
        (307, "POST", "POST /seen/end a body"),
        (308, "PUT", "PUT /seen/end a body"),
        (301, "HEAD", "HEAD /seen/end"),
        (303, "HEAD", "HEAD /seen/end"),
    ]:
        text = "" if method == "HEAD" else "seen"
        expected = {"type": "basic", "url": f"{app.url}seen/end", "redirected": True, "text": text}
        for to in ("/seen/end", "../seen/end", f"{app.url}seen/end"):
            assert send(kernel, go(app, status, to), method) == expected, (status, to)
            assert app.lines[-1] == seen
    url = go(app, 302, "/seen/end")
    manual = send(kernel, url, redirect="manual")
    assert manual == {"type": "opaqueredirect", "url": url, "redirected": False, "text": ""}
    assert send(kernel, url, redirect="error") == "TypeError"


def test_redirect_to_another_origin_is_followed(
    kernel: Kernel, app: App, tab: Page, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text("elsewhere")
    allow = {"Access-Control-Allow-Origin": "*"}
    with serve_site(headers=allow, folder=tmp_path) as elsewhere:
        target = f"{elsewhere}page.txt"
        fetched = send(kernel, go(app, 307, target))
        followed = {"type": "cors", "url": target, "redirected": True, "text": "elsewhere"}
        assert fetched == followed
        tab.goto(go(app, 302, target))
        assert (tab.url, tab.text_content("body")) == (target, "elsewhere")
