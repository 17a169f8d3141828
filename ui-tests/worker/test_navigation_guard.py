"""What an app in JupyterLab does to `top` and `parent` happens in its own frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import SLOW
from playwright.sync_api import Dialog, FilePayload, FrameLocator, Page, expect

from worker.stub import HTML, App, Kernel

PAGE = """<!doctype html><p></p>
<a id="link-top" href="next?top" target="_top">a</a>
<a id="link-parent" href="/next?parent" target="_parent">a</a>
<form action="next?form" method="post" enctype="multipart/form-data" target="_top">
<input type="hidden" name="submit" value="field"><input type="file" name="file">
<button id="form" name="pressed" value="yes">b</button></form>
<button id="assign" onclick="top.location.href = 'next?assign'">b</button>
<button id="replace" onclick="setTimeout('parent.location.replace(`/next?replace`)')">b</button>
<button id="open" onclick="window.open('next?open', '_top')">b</button>
<button id="reload" onclick="setTimeout('top.location.reload()')">b</button>
<button id="bust" onclick="top.location = self.location">b</button>
<button id="back" onclick="history.back()">b</button>
<button id="go" onclick="history.go(-3)">b</button>
<button id="top-back" onclick="top.history.back()">b</button>
<button id="close" onclick="top.close()">b</button>
<iframe srcdoc="<a id=nested href=next?nested target=_top>a</a>"></iframe>
<script>document.querySelector('p').textContent = location.pathname + location.search</script>"""

OPEN_LAB = "() => window.jupyterapp?.started.then(() => { window.stays = true; return true; })"

FRAME = """url => new Promise(resolve =>
  document.body.append(Object.assign(document.createElement('iframe'), {
    src: url, id: 'shown', style: 'position: fixed; inset: 0; z-index: 99999', onload: resolve
  }))
)"""


def open_lab(page: Page, site: str) -> None:
    """Open JupyterLab, without a notebook, so that it can be left by going back."""
    page.goto(f"{site}package.json")
    page.goto(f"{site}lab/index.html?reset")
    page.wait_for_function(OPEN_LAB, timeout=SLOW)


def show(page: Page, app: App) -> FrameLocator:
    """Show the app in a frame of the lab."""
    app.answer("*", PAGE, [HTML])
    page.evaluate(f"async url => {{ await ({FRAME})(url); }}", app.url)
    frame = page.frame_locator("#shown")
    expect(frame.locator("p")).to_have_text(app.root)
    return frame


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Iterator[Page]:
    with kernel.page.expect_popup() as opened:  # which may be closed by scripts
        kernel.page.evaluate("() => { window.open('about:blank'); }")
    page = opened.value
    open_lab(page, kernel.site)
    yield page
    page.close()


@pytest.fixture
def frame(lab: Page, app: App) -> Iterator[FrameLocator]:
    """An app in a frame of a lab that must stay."""
    yield show(lab, app)
    assert lab.evaluate("window.stays")
    lab.evaluate("document.getElementById('shown').remove()")


@pytest.mark.parametrize("how", ["link-top", "link-parent", "assign", "replace", "open"])
def test_app_moves_its_frame(frame: FrameLocator, app: App, how: str) -> None:
    frame.locator(f"#{how}").click()
    expect(frame.locator("p")).to_have_text(f"{app.root}next?{how.removeprefix('link-')}")


def test_page_within_an_app_moves_the_app(frame: FrameLocator, app: App) -> None:
    frame.frame_locator("iframe").locator("#nested").click()
    expect(frame.locator("p")).to_have_text(f"{app.root}next?nested")


def test_reload_of_the_top_reloads_the_frame(frame: FrameLocator, app: App) -> None:
    frame.locator("#reload").click()
    app.wait_for("GET /", "GET /")


@pytest.mark.parametrize("how", ["bust", "back", "go", "top-back", "close"])
def test_page_that_would_leave_its_frame_stays(frame: FrameLocator, app: App, how: str) -> None:
    frame.locator(f"#{how}").click()
    frame.locator("#link-top").click()
    expect(frame.locator("p")).to_have_text(f"{app.root}next?top")
    assert app.lines == ["GET /", "GET /next top"]


@pytest.mark.parametrize("how", ["back", "top-back"])
def test_app_can_go_back_within_its_frame(frame: FrameLocator, app: App, how: str) -> None:
    frame.locator("#assign").click()
    expect(frame.locator("p")).to_have_text(f"{app.root}next?assign")
    frame.locator(f"#{how}").click()
    expect(frame.locator("p")).to_have_text(app.root)


@pytest.mark.parametrize("how", ["back", "go", "top-back"])
def test_page_without_the_page_script_stays_in_its_frame(
    lab: Page, kernel: Kernel, how: str
) -> None:
    with kernel.serve(inject=False) as app:
        frame = show(lab, app)
        frame.locator(f"#{how}").click()
        frame.locator("#link-top").click()
        expect(frame.locator("p")).to_have_text(f"{app.root}next?top")
        assert app.lines == ["GET /", "GET /next top"]
        assert lab.evaluate("window.stays")
        lab.evaluate("document.getElementById('shown').remove()")


def test_form_for_the_top_is_posted_in_the_frame(kernel: Kernel, app: App, tab: Page) -> None:
    """In a page of its own: Playwright would wait forever for the top to be moved."""
    open_lab(tab, kernel.site)
    frame = show(tab, app)
    file = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"content")
    frame.locator("[type=file]").set_input_files(file)
    frame.locator("#form").evaluate("button => button.click()")
    app.wait_for("GET /")
    app.wait_until("requests.some(({method}) => method === 'POST')")
    (posted,) = (seen for seen in app.requests if seen.method == "POST")
    assert (posted.path, posted.query) == ("/next", "form")
    for part in ('name="submit"\r\n\r\nfield', 'filename="a.txt"', 'name="pressed"\r\n\r\nyes'):
        assert part in posted.body
    assert tab.evaluate("window.stays")


#: Lets the lab navigate itself; returns whether that was prevented, and prevents it.
MOVE = """how => new Promise(resolve => {
  navigation.addEventListener('navigate', event => {
    resolve(event.defaultPrevented);
    event.preventDefault();
  }, {once: true});
  if (how === 'script') {
    const router = '@jupyterlite/application-extension:router';
    window.jupyterapp.pluginRegistry._plugins.get(router).service.reload();
  } else {
    const link = Object.assign(document.createElement('a'), {href: '../tree/index.html'});
    document.body.append(link);
    link.click();
    link.remove();
  }
})"""


@pytest.mark.parametrize("how", ["script", "link"])
def test_lab_moves_itself(frame: FrameLocator, lab: Page, how: str) -> None:
    assert lab.evaluate(MOVE, how) is False


def test_leaving_the_lab_is_confirmed_while_an_app_shows_a_page_of_another_origin(
    kernel: Kernel, app: App, tab: Page
) -> None:
    """Such a page could replace the lab, and no event announces that."""
    open_lab(tab, kernel.site)
    frame = show(tab, app)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    tab.on("dialog", stay)
    frame.locator("p").click()  # browsers ask only users who have done something
    other = app.origin.replace("127.0.0.1", "localhost")
    frame.locator("p").evaluate("(_, url) => { location.href = url; }", f"{other}/foreign")
    tab.wait_for_function("document.getElementById('shown').contentDocument === null")
    tab.reload()
    assert asked == ["beforeunload"]
