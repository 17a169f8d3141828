"""An app that knows nothing of its prefix says URLs of its origin's root; they stay in the app."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lab import Notebook, wait_until
from playwright.sync_api import Page, expect
from unaware import Unaware

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'

LOADS = {
    "/": """<!doctype html>
<link rel="stylesheet" href="/static/style.css">
<link rel="preload" as="image" href="/img/preloaded.svg">
<script type="importmap">{"imports": {"lib": "/static/lib.js"}}</script>
<script src="/static/classic.js"></script>
<script type="module" src="/static/module.js"></script>
<img src="/img/never.svg" srcset="/img/one.svg 1x, /img/one.svg 2x">
<p style="background: url(/img/inline.svg)" class="styled">text</p>
<video src="/film.webm" poster="/img/poster.svg"></video>
<iframe src="/frame"></iframe>
<script>
new EventSource('/events').onmessage = event => {
  event.target.close();
  window.event = event.data;
};
fetch('/api?q=1').then(response => { window.answered = response.url; });
fetch('/api', {method: 'POST', body: 'posted'});
navigator.sendBeacon('/beacon', 'sent');
const xhr = new XMLHttpRequest();
xhr.open('GET', '/xhr');
xhr.send();
import('/static/dynamic.js');
new Worker('/worker.js');
new Worker('/module-worker.js', {type: 'module'});
new SharedWorker('/shared.js');
</script>""",
    "/static/style.css": """@import "/static/imported.css";
@font-face { font-family: own; src: url(/static/own.woff2) }
.styled { font-family: own; border-image: url("../img/relative.svg") 1; color: rgb(1, 2, 3) }""",
    "/static/imported.css": "body { background: url(/img/root.svg) }",
    "/static/classic.js": "window.classic = true",
    "/static/module.js": "import 'lib'; import './relative.js'; fetch('/from-module')",
    "/static/lib.js": "import '/static/once.js'",
    "/static/relative.js": "import './once.js'",
    "/static/once.js": "window.times = (window.times ?? 0) + 1",
    "/static/dynamic.js": "window.dynamic = true",
    "/worker.js": "importScripts('/static/worker-lib.js'); fetch('/from-worker')",
    "/static/worker-lib.js": "",
    "/module-worker.js": "import '/static/worker-module.js'; fetch('/from-module-worker')",
    "/static/worker-module.js": "",
    "/shared.js": "fetch('/from-shared')",
    "/frame": '<!doctype html><img src="/img/framed.svg">',
} | {
    f"/img/{name}.svg": SVG
    for name in ("preloaded", "one", "inline", "poster", "relative", "root", "framed")
}

ASKED = [f"GET {path}" for path in LOADS] + [
    "GET /static/own.woff2",
    "GET /film.webm",
    "GET /events",
    "GET /api q=1",
    "POST /api posted",
    "POST /beacon sent",
    "GET /xhr",
    "GET /from-module",
    "GET /from-worker",
    "GET /from-module-worker",
    "GET /from-shared",
]

LINKS = """<!doctype html>
<a id="link" href="/linked?q=1#part">a</a>
<a id="stopped" href="/stopped" onclick="event.stopPropagation()">b</a>
<a id="prevented" href="/prevented"
  onclick="event.preventDefault(); said = this.getAttribute('href')">c</a>
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

#: What makes a frame: in what is added to a page, by what a script writes later, in a shadow tree.
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


def test_what_a_page_loads_comes_from_its_app(notebook: Notebook, tab: Page) -> None:
    app = Unaware(notebook, "loads", LOADS)
    for policy in ("strict-origin-when-cross-origin", "no-referrer"):
        app.restart(referrer_policy=policy)
        tab.goto(app.url)
        app.wait_for(*ASKED)
        wait_until(tab, "async () => window.times && window.dynamic && window.event")
        tab.wait_for_function("() => window.answered")
        assert tab.evaluate("[classic, dynamic, times, event]") == [True, True, 1, "an event"]
        assert tab.evaluate("answered === `${location.origin}/api?q=1`")
        expect(tab.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
        tab.frames[1].wait_for_url(f"{app.url}frame")
        assert "GET /img/never.svg" not in app.seen
        assert app.seen.count("GET /frame") == 1


def _click(selector: str) -> Callable[[Page], None]:
    return lambda tab: tab.locator(selector).click(no_wait_after=True)


def _address(app: Unaware, path: str) -> re.Pattern[str]:
    """That path of the app, whatever query or fragment follows."""
    return re.compile(re.escape(f"{app.url}{path[1:]}") + r"([?&#].*)?$")


def _run(script: str) -> Callable[[Page], None]:
    return lambda tab: tab.evaluate(f"() => {{ {script} }}")


#: What is done in a page, what the app is asked for, and how many entries the history gains.
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

#: What opens a tab of its own, and what the app is asked for.
TABS: list[tuple[Callable[[Page], None], str]] = [
    (_click("#blank"), "GET /blank"),
    (_click("#stoppedblank"), "GET /blank"),
    (lambda tab: tab.locator("#link").click(button="middle"), "GET /linked q=1"),
    (lambda tab: tab.locator("#link").click(modifiers=["Control"]), "GET /linked q=1"),
    (_run("window.open('/opened')"), "GET /opened"),
    (_run("upload.requestSubmit()"), "POST /upload a=3"),
]


def test_where_a_page_goes_is_in_its_app(notebook: Notebook, tab: Page) -> None:
    app = Unaware(notebook, "goes", PAGES)
    # Without a referrer the client script has no help of the service worker.
    app.restart(referrer_policy="no-referrer")
    tab.goto(app.url)
    for act, line, entries in NAVIGATIONS:
        before = tab.evaluate("history.length")
        act(tab)
        _, path, *query = line.split()
        search = f"?{query[0]}" if query and line.startswith("GET") else ""
        tab.wait_for_url(_address(app, f"{path}{search}"))
        app.wait_for(line)
        assert (line, tab.evaluate("history.length") - before) == (line, entries)
        app.restart(referrer_policy="no-referrer")
        tab.goto(app.url)
    for act, line in TABS:
        with tab.context.expect_page() as opened:
            act(tab)
        opened.value.wait_for_url(_address(app, line.split()[1]))
        app.wait_for(line.strip())
        opened.value.close()
        app.restart(referrer_policy="no-referrer")
    tab.locator("#prevented").click()
    assert tab.evaluate("said") == "/prevented"
    assert tab.url == app.url


def test_addresses_that_a_page_gives_itself_can_be_loaded_again(
    notebook: Notebook, tab: Page
) -> None:
    app = Unaware(notebook, "pushes", PAGES)
    tab.goto(app.url)
    tab.evaluate("history.pushState(null, '', '/pushed?q=1')")
    assert tab.url == f"{app.url}pushed?q=1"
    tab.evaluate("history.replaceState({a: 1}, '', '/changed')")
    assert tab.url == f"{app.url}changed"
    assert tab.evaluate("history.state") == {"a": 1}
    tab.reload()
    app.wait_for("GET /changed")
    assert tab.title() == "/changed"
    tab.go_back()
    assert tab.url == app.url
    tab.goto(f"{app.url}based")
    app.wait_for("GET /img/based.svg")
    tab.evaluate("history.pushState(null, '', 'below')")
    assert tab.url == f"{app.url}below"
    tab.locator("a").click()
    tab.wait_for_url(f"{app.url}on")


def test_what_a_page_saves_comes_from_its_app(notebook: Notebook, tab: Page) -> None:
    app = Unaware(notebook, "saves", PAGES)
    tab.goto(app.url)
    loose = "Object.assign(document.createElement('a'), {href: '/file.txt', download: 'own.txt'})"
    for act in (_click("#file"), _run(f"{loose}.click()")):
        with tab.expect_download() as saved:
            act(tab)
        # Firefox numbers the second of a name.
        assert saved.value.suggested_filename in ("own.txt", "own(1).txt")
        assert saved.value.path().read_text() == "a file"
    app.wait_for("GET /file.txt")
    assert tab.url == app.url


def test_frames_that_scripts_make_are_in_the_app(notebook: Notebook, tab: Page) -> None:
    app = Unaware(notebook, "frames", PAGES)
    # Where the service worker is not asked, or not told by whom.
    app.restart(referrer_policy="no-referrer")
    for make in FRAMES:
        tab.goto(f"{app.url}framed")
        _run(make)(tab)
        wait_until(tab, _FRAME_HAS_LOADED)
        assert tab.frames[1].url == f"{app.url}frame"
        # Below the origin's root it is not even sent elsewhere: a host may forbid to be framed.
        src = "/frame" if notebook.base == "/" else f"{app.url}frame"
        assert tab.locator("iframe").get_attribute("src") == src
    app.wait_for("GET /frame")


def test_an_app_cannot_harm_the_service_worker(notebook: Notebook, tab: Page) -> None:
    app = Unaware(notebook, "harms", PAGES)
    tab.goto(app.url)
    said = tab.evaluate(
        "navigator.serviceWorker.register('/service-worker.js').catch(error => error.message)"
    )
    assert said.startswith("An app in JupyterLite has no service worker of its own")
    script = "navigator.serviceWorker.ready.then(registration => registration.unregister())"
    assert tab.evaluate(script) is False
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 1


def test_the_worker_leads_what_a_page_without_our_script_sends(
    notebook: Notebook, tab: Page
) -> None:
    if notebook.base != "/":
        pytest.skip("on a site below its origin's root they do not reach the worker")
    app = Unaware(notebook, "bare", PAGES, "--no-inject")
    for act, line in [
        (_click("#link"), "GET /linked q=1"),
        (_click("#save"), "POST /save action=1"),
        (_run("location.assign('/assigned')"), "GET /assigned"),
        (_run("location.assign('refreshed')"), "GET /refresh"),
    ]:
        tab.goto(app.url)
        act(tab)
        tab.wait_for_url(_address(app, line.split()[1]))
        app.wait_for(line)


def test_what_is_jupyterlites_stays_so_while_an_app_is_open(
    notebook: Notebook, tab: Page, engine: str
) -> None:
    app = Unaware(notebook, "guest", LOADS)
    app.restart(referrer_policy="no-referrer")
    tab.goto(app.url)
    app.wait_for(*ASKED)
    notebook.run("open('/drive/guest.txt', 'w').write('kept')")
    for restart in range(2):
        if restart:
            if engine != "chromium":
                break  # only CDP can stop a worker
            app.restart(referrer_policy="no-referrer")
            notebook.stop_workers()
            # The page that was there before asks again, and what its stylesheet names.
            tab.evaluate(
                """() => {
                  fetch('/api?q=1');
                  document.querySelector('link').href = '/static/style.css?again';
                }"""
            )
            app.wait_for("GET /api q=1", "GET /static/style.css again", "GET /static/imported.css")
        assert "JupyterLite" in notebook.fetch("lab/index.html").text
        assert '"content"' in notebook.fetch("api/contents/all.json").text
        assert notebook.fetch("static/style.css").status == 404
        assert notebook.value("open('/drive/guest.txt').read()") == "'kept'"
    assert all("/lab" not in line and "/drive" not in line for line in app.seen)
