"""Root-relative URLs of an app that does not know its prefix stay inside the app."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
from lab import wait_until
from playwright.sync_api import Page, expect
from unaware import EXPECTED, LOADS

from worker.stub import HTML, App, Kernel

LINKS = """<!doctype html>
<a id="link" href="/linked?q=1#part">a</a>
<a id="stopped" href="/stopped" onclick="event.stopPropagation()">b</a>
<a id="prevented" href="/prevented"
  onclick="event.preventDefault(); clicked = this.getAttribute('href')">c</a>
<a id="blank" target="_blank" href="/blank">d</a>
<a id="stoppedblank" target="_blank" href="/blank" onclick="event.stopPropagation()">e</a>
<a id="file" download="own.txt" href="/file.txt">f</a>
<svg width="20" height="20"><a id="drawn" href="/drawn"><circle cx="10" cy="10" r="9"/></a></svg>
<map name="map"><area id="area" shape="default" href="/area"></map><img usemap="#map" width="9">
<form method="post" action="/save">
  <input name="action" value="1"><button id="save">g</button>
  <button id="other" formaction="/other">h</button>
</form>
<form action="/search"><input name="q" value="2"><button id="search">i</button></form>
<form id="upload" method="post" enctype="text/plain" target="_blank" action="/upload">
  <input name="a" value="3"></form>
<div id="host"></div>
<script>
host.attachShadow({mode: 'open'}).innerHTML = `<a id="shadowed" href="/shadowed">j</a>
<form method="post" action="/shadow"><input name="a" value="4"><button id="send">k</button></form>`;
</script>"""

PAGES = {
    "/": LINKS,
    "/based": '<!doctype html><base href="/"><img src="img/based.svg"><a href="on">a</a>',
    "/refreshed": '<!doctype html><meta http-equiv="refresh" content="0;url=/refresh">',
    "/framed": "<!doctype html><body></body>",
    "/file.txt": "a file",
    "/frame": "<!doctype html><title>frame</title>",
}

#: Ways to create a frame: as HTML, with a `src` that is set later, in a shadow tree.
FRAMES = [
    "document.body.innerHTML = '<p><iframe src=\"/frame\"></iframe></p>'",
    """document.body.append(document.createElement('iframe'));
    setTimeout(() => { document.querySelector('iframe').src = '/frame'; })""",
    "document.body.attachShadow({mode: 'open'}).innerHTML = '<iframe src=\"/frame\"></iframe>'",
]

_FRAME_HAS_LOADED = """async () => {
  const tree = document.body.shadowRoot ?? document;
  return tree.querySelector('iframe').contentDocument?.title === 'frame';
}"""


NO_REFERRER = ("referrer-policy", "no-referrer")


def fill(app: App, pages: Mapping[str, str], *headers: tuple[str, str]) -> None:
    """Add these pages to the app, with these headers, and an empty page at all other paths."""
    app.answer("*", "<!doctype html><title>other</title>", [HTML])
    app.answer("/events", "data: an event\n\n", [("content-type", "text/event-stream")])
    for path, text in pages.items():
        kind = mimetypes.guess_type(path)[0] or "text/html"
        app.answer(path, text, [("content-type", kind), *headers])


def at_root(kernel: Kernel) -> bool:
    """Whether the site is at the root of its origin."""
    return urlsplit(kernel.site).path == "/"


def test_subresources_come_from_the_app(app: App, tab: Page) -> None:
    for policy in ("strict-origin-when-cross-origin", "no-referrer"):
        app.forget()
        fill(app, LOADS, ("referrer-policy", policy))
        tab.goto(app.url)
        app.wait_for(*EXPECTED)
        wait_until(tab, "async () => window.times && window.dynamic && window.event")
        tab.wait_for_function("() => window.answered")
        assert tab.evaluate("[classic, dynamic, times, event]") == [True, True, 1, "an event"]
        assert tab.evaluate("answered === `${location.origin}/api?q=1`")
        expect(tab.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
        tab.frames[1].wait_for_url(f"{app.url}frame")
        assert "GET /img/never.svg" not in app.lines
        assert app.lines.count("GET /frame") == 1


def _click(selector: str) -> Callable[[Page], None]:
    return lambda tab: tab.locator(selector).click(no_wait_after=True)


def _address(app: App, path: str) -> re.Pattern[str]:
    """A pattern for that path of the app, with any query or fragment."""
    return re.compile(re.escape(f"{app.url}{path[1:]}") + r"([?&#].*)?$")


def _run(script: str) -> Callable[[Page], None]:
    return lambda tab: tab.evaluate(f"() => {{ {script} }}")


#: Navigations in a page, the resulting requests, and how many entries the history gains.
NAVIGATIONS: list[tuple[Callable[[Page], None], str, int]] = [
    (_click("#link"), "GET /linked q=1", 1),
    (lambda tab: tab.locator("#link").press("Enter"), "GET /linked q=1", 1),
    (_click("#stopped"), "GET /stopped", 1),
    (_click("#drawn"), "GET /drawn", 1),
    (_run("area.click()"), "GET /area", 1),
    (_click("#shadowed"), "GET /shadowed", 1),
    (_click("#save"), "POST /save action=1", 1),
    (_click("#other"), "POST /other action=1", 1),
    (_click("#search"), "GET /search q=2", 1),
    (_click("#send"), "POST /shadow a=4", 1),
    (_run("document.forms[0].submit()"), "POST /save action=1", 1),
    (_run("document.forms[0].requestSubmit()"), "POST /save action=1", 1),
    (_run("location.assign('/assigned')"), "GET /assigned", 1),
    (_run("location.href = '/set'"), "GET /set", 1),
    (_run("location.replace('/replaced')"), "GET /replaced", 0),
    (
        _run("Object.assign(document.createElement('a'), {href: '/loose'}).click()"),
        "GET /loose",
        1,
    ),
    (_run("location.assign('refreshed')"), "GET /refresh", 1),
]

#: Ways to open a new tab, and the resulting requests.
TABS: list[tuple[Callable[[Page], None], str]] = [
    (_click("#blank"), "GET /blank"),
    (_click("#stoppedblank"), "GET /blank"),
    (lambda tab: tab.locator("#link").click(button="middle"), "GET /linked q=1"),
    (lambda tab: tab.locator("#link").click(modifiers=["Control"]), "GET /linked q=1"),
    (_run("window.open('/opened')"), "GET /opened"),
    (_run("upload.requestSubmit()"), "POST /upload a=3"),
]


def test_navigations_stay_in_the_app(app: App, tab: Page) -> None:
    # Without a referrer the service worker cannot help the page script.
    fill(app, PAGES, NO_REFERRER)
    tab.goto(app.url)
    for act, line, entries in NAVIGATIONS:
        before = tab.evaluate("history.length")
        act(tab)
        _, path, *query = line.split()
        search = f"?{query[0]}" if query and line.startswith("GET") else ""
        tab.wait_for_url(_address(app, f"{path}{search}"))
        app.wait_for(line)
        assert (line, tab.evaluate("history.length") - before) == (line, entries)
        app.forget()
        tab.goto(app.url)
    for act, line in TABS:
        with tab.context.expect_page() as opened:
            act(tab)
        opened.value.wait_for_url(_address(app, line.split()[1]))
        app.wait_for(line.strip())
        opened.value.close()
        app.forget()
    tab.locator("#prevented").click()
    assert tab.evaluate("clicked") == "/prevented"
    assert tab.url == app.url


def test_urls_set_by_a_page_can_be_reloaded(app: App, tab: Page) -> None:
    fill(app, PAGES)
    tab.goto(app.url)
    tab.evaluate("history.pushState(null, '', '/pushed?q=1')")
    assert tab.url == f"{app.url}pushed?q=1"
    tab.evaluate("history.replaceState({a: 1}, '', '/changed')")
    assert tab.url == f"{app.url}changed"
    assert tab.evaluate("history.state") == {"a": 1}
    tab.reload()
    app.wait_for("GET /changed")
    assert tab.title() == "other"
    tab.go_back()
    assert tab.url == app.url
    tab.evaluate("history.pushState(null, '', new URL('/object', location))")
    assert tab.url == f"{app.url}object"
    tab.evaluate("history.pushState(null, '', {toString: () => '/text'})")
    assert tab.url == f"{app.url}text"
    tab.evaluate("history.pushState(null, '', location)")
    tab.evaluate("history.pushState(null, '', null)")
    tab.evaluate("history.pushState(null, '', {toString: () => 'below'})")
    assert tab.url == f"{app.url}below"
    tab.goto(f"{app.url}based")
    app.wait_for("GET /img/based.svg")
    tab.evaluate("history.pushState(null, '', 'below')")
    assert tab.url == f"{app.url}below"
    tab.locator("a").click()
    tab.wait_for_url(f"{app.url}on")


#: URLs of workers, and where they lead from `/deep/page`, without a `<base>` and with one of `/`.
WORKERS = {
    "''": ("/deep/page q", "/"),
    "'work.js'": ("/deep/work.js", "/work.js"),
    "'?q'": ("/deep/page q", "/ q"),
    "new URL('/work.js', location)": ("/work.js", "/work.js"),
    "{toString: () => '/work.js'}": ("/work.js", "/work.js"),
}


@pytest.mark.parametrize("base", ["", '<base href="/">'])
def test_workers_come_from_the_app(base: str, app: App, tab: Page) -> None:
    fill(app, {"/deep/page": f"<!doctype html>{base}"}, NO_REFERRER)
    for url, expected in WORKERS.items():
        for kind in ("Worker", "SharedWorker"):
            tab.goto(f"{app.url}deep/page?q")
            app.forget()
            # A page is no script, and its worker fails.
            tab.evaluate(f"() => {{ new {kind}({url}); }}")
            app.wait_for(f"GET {expected[base != '']}")


def test_downloads_come_from_the_app(app: App, tab: Page) -> None:
    fill(app, PAGES)
    tab.goto(app.url)
    loose = "Object.assign(document.createElement('a'), {href: '/file.txt', download: 'own.txt'})"
    for act in (_click("#file"), _run(f"{loose}.click()")):
        with tab.expect_download() as saved:
            act(tab)
        # Firefox numbers the second file of a name.
        assert saved.value.suggested_filename in ("own.txt", "own(1).txt")
        assert saved.value.path().read_text() == "a file"
    app.wait_for("GET /file.txt")
    assert tab.url == app.url


def test_frames_created_by_scripts_stay_in_the_app(kernel: Kernel, app: App, tab: Page) -> None:
    # Without a referrer the service worker does not know which page sent the request.
    fill(app, PAGES, NO_REFERRER)
    for make in FRAMES:
        tab.goto(f"{app.url}framed")
        _run(make)(tab)
        wait_until(tab, _FRAME_HAS_LOADED)
        assert tab.frames[1].url == f"{app.url}frame"
        # Below a path it must not even be requested from the host, which may forbid framing.
        src = "/frame" if at_root(kernel) else f"{app.url}frame"
        assert tab.locator("iframe").get_attribute("src") == src
    app.wait_for("GET /frame")


def test_app_cannot_replace_the_service_worker(app: App, tab: Page) -> None:
    fill(app, PAGES)
    tab.goto(app.url)
    message = tab.evaluate(
        "navigator.serviceWorker.register('/service-worker.js').catch(error => error.message)"
    )
    assert message.startswith("An app in JupyterLite cannot register a service worker")
    script = "navigator.serviceWorker.ready.then(registration => registration.unregister())"
    assert tab.evaluate(script) is False
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 1


def test_worker_redirects_requests_of_pages_without_our_script(
    kernel: Kernel, plain: App, tab: Page
) -> None:
    if not at_root(kernel):
        # The tests above show that the page script does this instead.
        pytest.skip("a service worker gets no request for a URL outside its scope")
    fill(plain, PAGES)
    for act, line in [
        (_click("#link"), "GET /linked q=1"),
        (_click("#save"), "POST /save action=1"),
        (_run("location.assign('/assigned')"), "GET /assigned"),
        (_run("location.assign('refreshed')"), "GET /refresh"),
    ]:
        tab.goto(plain.url)
        act(tab)
        tab.wait_for_url(_address(plain, line.split()[1]))
        plain.wait_for(line)
