"""``localStorage`` and ``sessionStorage`` of an app's pages are the app's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from lab import wait_until
from playwright.sync_api import Page

from worker.stub import HTML, App, Kernel

PAGE = "<!doctype html><title>app</title><body></body>"

#: What a script can do with a storage area, as statements of a function of ``area``.
USES = {
    "methods": "area.setItem('a', 1); return [area.getItem('a'), area.getItem('b'), area.length]",
    "removal": "area.a = 1; area.removeItem('a'); area.removeItem('b'); return area.length",
    "clear": "area.a = 1; area.b = 2; area.clear(); return [area.length, Object.keys(area)]",
    "keys": """
        for (const key of ['b', 'a', '10', '9', '']) { area.setItem(key, key); }
        const found = [];
        for (let index = 0; index < area.length; index++) { found.push(area.key(index)); }
        return [found.sort(), Object.keys(area).sort(), area.key(5), area.key(-1)]""",
    "changes in a loop": """
        area.a = 1; area.b = 2;
        area.length; area.removeItem(area.key(0)); area.c = 3;
        return [area.length, Object.keys(area).length, area.key(1) === null, area.key(2)]""",
    "order": """
        for (const key of 'cab') { area.setItem(key, key); }
        return [0, 1, 2].every(index => Object.keys(area)[index] === area.key(index))""",
    "indices": "area.a = 1; return ['0', null, NaN, 2 ** 32, 0.5].map(index => area.key(index))",
    "properties": """
        area.a = undefined; area.b = null; area[5] = {};
        return [area.a, area.b, area['5'], area.nothing, area.getItem('a'), typeof area.getItem]""",
    "in": "area.a = 1; return ['a' in area, 'b' in area, 'getItem' in area, 'toString' in area]",
    "delete": """
        area.a = 1;
        const found = [delete area.a, delete area.a, 'a' in area];
        return [found, Reflect.deleteProperty(area, 'length'), typeof area.length]""",
    "enumeration": """
        area.a = 1; area.b = 2;
        const found = [];
        for (const key in area) { found.push(key); }
        return [found.sort(), Object.entries(area).sort(), Object.keys({...area}).sort()]""",
    "JSON": "area.a = 'ä'; area.toJSON = 1; return JSON.parse(JSON.stringify(area))",
    "descriptors": """
        area.a = 1;
        const describe = name => Object.getOwnPropertyDescriptor(area, name) ?? null;
        return [describe('a'), describe('b'), describe('getItem'), area.hasOwnProperty('a')]""",
    "definition": """
        return [
          Reflect.defineProperty(area, 'a', {value: 1}), area.getItem('a'),
          Object.getOwnPropertyDescriptor(area, 'a'), Object.keys(area)
        ]""",
    "definition of an accessor": "return Object.defineProperty(area, 'a', {get: () => 1})",
    "freezing": "return Object.freeze(area)",
    "extensions": "return [Object.isExtensible(area), Reflect.preventExtensions(area)]",
    "symbols": """
        const symbol = Symbol('s'); area[symbol] = 1; area.a = 1;
        const found = [area[symbol], Reflect.ownKeys(area).map(String), area.length];
        delete area[symbol];
        return [found, Object.getOwnPropertySymbols(area)]""",
    "item named like a method": """
        Storage.prototype.setItem.call(area, 'getItem', 1);
        return [typeof area.getItem, area.length, area.getItem('getItem')]""",
    "item named length": """
        area.setItem('length', 5);
        return [area.length, area.getItem('length'), Object.keys(area)]""",
    "assignment to a method": """
        area.getItem = () => 'mine';
        const found = [area.getItem('a'), area.length, Object.keys(area)];
        return [found, delete area.getItem, area.length, typeof area.getItem]""",
    "assignment to length": "'use strict'; area.length = 5",
    "assignment to __proto__": "area.__proto__ = 1; return [area.length, area instanceof Storage]",
    "extended prototype": """
        Storage.prototype.both = function () { return this.getItem('a') + this.getItem('b'); };
        area.a = 1; area.b = 2;
        const found = [area.both(), Object.keys(area).sort()];
        delete Storage.prototype.both;
        return found""",
    "patched prototype": """
        const {setItem} = Storage.prototype;
        const seen = [];
        Storage.prototype.setItem = function (key, value) {
          seen.push([this === area, key]);
          return setItem.call(this, key, value + '!');
        };
        area.setItem('a', 1); area.b = 2;
        Storage.prototype.setItem = setItem;
        return [seen, area.a, area.b]""",
    "inheritance": """
        area.a = 1;
        const child = Object.create(area);
        child.b = 2;
        return [child.a, 'a' in child, area.length, Object.keys(child)]""",
    "reflection": """
        const other = {};
        return [Reflect.set(area, 'a', 1, other), other, area.length]""",
    "identity": """
        return [
          area === area.valueOf(), area instanceof Storage, area.constructor === Storage,
          Object.getPrototypeOf(area) === Storage.prototype, typeof area, String(area),
          Object.prototype.toString.call(area), localStorage === window.localStorage,
          localStorage === sessionStorage]""",
    "names of functions": """
        const describe = name => Object.getOwnPropertyDescriptor(window, name);
        const {get, set, enumerable, configurable} = describe('localStorage');
        const {getItem, key} = Storage.prototype;
        return [
          get.name, set === undefined, enumerable, configurable, getItem.name, getItem.length,
          key.toString().includes('[native code]'), Object.keys(Storage.prototype).sort()]""",
    "missing argument": "area.getItem()",
    "missing value": "area.setItem('a')",
    "missing index": "area.key()",
    "symbol as a key": "area.getItem(Symbol())",
    "big integer as an index": "area.key(1n)",
    "method of another object": "Storage.prototype.getItem.call({}, 'a')",
    "construction": "new Storage()",
    "clone": "structuredClone(area)",
    "lone surrogate": "area.setItem('\\ud800', '\\udc00'); return escape(Object.entries(area)[0])",
    "full area": "area.setItem('a', 'x'.repeat(6e6))",
    "full area by a property": "area.a = 'x'.repeat(6e6)",
    "created event": """
        const event = new StorageEvent('storage', {key: 'k', newValue: 'v', storageArea: area});
        const old = document.createEvent('StorageEvent');
        old.initStorageEvent('storage', false, false, 'k', 'o', 'n', '/u', area);
        return [
          event.storageArea === area, event.key, event.newValue, event.isTrusted,
          old.storageArea === area, old.key, old.url, new StorageEvent('a').storageArea,
          event instanceof StorageEvent, event.constructor === StorageEvent]""",
    "event with another object": "new StorageEvent('storage', {storageArea: {}})",
    "dispatched event": """
        const seen = [];
        const listener = event => seen.push([event.key, event.isTrusted]);
        window.onstorage = listener;
        window.dispatchEvent(new StorageEvent('storage', {key: 'k'}));
        window.onstorage = null;
        return seen""",
}

_TRY = """uses => Object.fromEntries(Object.entries(uses).flatMap(([name, body]) =>
  ['localStorage', 'sessionStorage'].map(kind => {
    const area = window[kind];
    Storage.prototype.clear.call(area);
    let result;
    try {
      result = Function('area', body)(area);
    } catch (error) {
      result = error.name;
    }
    Storage.prototype.clear.call(area);
    return [`${kind}: ${name}`, result];
  })))"""


@pytest.fixture
def page(app: App, tab: Page) -> Page:
    """The app's page in a tab."""
    app.answer("*", PAGE, [HTML])
    tab.goto(app.url)
    return tab


@pytest.fixture
def near(kernel: Kernel, app: App, page: Page) -> Iterator[Page]:
    """A second page of the app."""
    other = kernel.page.context.new_page()
    other.goto(f"{app.url}near")
    yield other
    other.close()


def test_storage_is_like_the_browsers_own(kernel: Kernel, page: Page) -> None:
    native = kernel.page.context.new_page()
    # Another origin, so that nothing of the site changes.
    parts = urlsplit(kernel.site)
    native.goto(f"http://localhost:{parts.port}{parts.path}package.json")
    expected = native.evaluate(_TRY, USES)
    native.close()
    found = page.evaluate(_TRY, USES)
    assert {use: found[use] for use in found if found[use] != expected[use]} == {}
    assert expected["localStorage: methods"] == ["1", None, 1]


def test_apps_and_the_site_do_not_see_each_others_items(
    kernel: Kernel, app: App, page: Page
) -> None:
    kernel.page.evaluate("localStorage.lab = 'kept'; sessionStorage.lab = 'kept'")
    page.evaluate("localStorage.token = 'ann'; sessionStorage.token = 'ann'")
    with kernel.serve() as other:
        other.answer("*", PAGE, [HTML])
        page.goto(other.url)
        seen = "[localStorage.token, sessionStorage.token, localStorage.length, localStorage.lab]"
        assert page.evaluate(seen) == [None, None, 0, None]
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto(app.url)
    assert page.evaluate("[localStorage.token, sessionStorage.token]") == ["ann", "ann"]
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    assert kernel.page.evaluate("[localStorage.lab, sessionStorage.lab]") == ["kept", "kept"]
    # Nor do empty areas leave anything behind.
    kernel.page.evaluate("delete localStorage.lab; delete sessionStorage.lab")
    assert kernel.page.evaluate("Object.keys(localStorage).filter(k => k.includes('asgi'))") == []


_LISTEN = """() => {
  window.seen = [];
  const listen = event => seen.push([
    event.key, event.oldValue, event.newValue, new URL(event.url).pathname.split('/').at(-1),
    event.storageArea === localStorage, event.isTrusted]);
  addEventListener('storage', listen);
  window.onstorage = event => { window.handled = event.key; };
}"""


def test_other_pages_of_the_app_get_its_events(
    kernel: Kernel, app: App, page: Page, near: Page
) -> None:
    page.evaluate("localStorage.clear()")
    near.evaluate(_LISTEN)
    page.evaluate(_LISTEN)
    kernel.page.evaluate("localStorage.lab = 1; delete localStorage.lab")
    page.evaluate("""() => {
      localStorage.a = 1; localStorage.a = 2; localStorage.b = 3; delete localStorage.b;
      localStorage.clear(); localStorage.clear(); localStorage.end = 1;
    }""")
    wait_until(near, "async () => seen.at(-1)?.[0] === 'end'")
    there = ["", True, True]
    assert near.evaluate("seen") == [
        ["a", None, "1", *there],
        ["a", "1", "2", *there],
        ["b", None, "3", *there],
        ["b", "3", None, *there],
        [None, None, None, *there],
        ["end", None, "1", *there],
    ]
    assert near.evaluate("handled") == "end"
    assert page.evaluate("seen") == []
    # Others see nothing of it.
    with kernel.serve() as other:
        other.answer("*", PAGE, [HTML])
        near.goto(other.url)
        near.evaluate(_LISTEN)
        page.evaluate("localStorage.a = 5; localStorage.clear()")
        kernel.page.evaluate("localStorage.lab = 1; localStorage.clear()")
        wait_until(near, "async () => seen.length > 0")
        assert near.evaluate("seen.map(event => event[0])") == [None]


#: Ways to make a frame without a URL of its own; each ends with its window.
FRAMES = {
    "srcdoc": "frame.srcdoc = SEE; document.body.append(frame); await loaded(); return see();",
    "parsed srcdoc": """
        const text = SEE.replaceAll('"', '&quot;');
        document.body.insertAdjacentHTML('beforeend', `<p><iframe srcdoc="${text}"></iframe></p>`);
        frame = document.querySelector('p iframe'); await loaded(); return see();""",
    "empty": "document.body.append(frame); return frame.contentWindow.localStorage.a;",
    "empty, by index": "document.body.append(frame); return window[0].localStorage.a;",
    "empty, by its document": """
        document.body.append(frame);
        return frame.contentDocument.defaultView.localStorage.a;""",
    "written": """
        document.body.append(frame);
        frame.contentDocument.open();
        frame.contentDocument.write(SEE);
        frame.contentDocument.close();
        return see();""",
    "blob": """
        frame.src = URL.createObjectURL(new Blob([SEE], {type: 'text/html'}));
        document.body.append(frame); await loaded(); return see();""",
    "nested": """
        document.body.append(frame);
        const inner = frame.contentDocument.createElement('iframe');
        frame.contentDocument.body.append(inner);
        return inner.contentWindow.localStorage.a;""",
    "in a shadow tree": """
        const host = document.createElement('div');
        document.body.append(host);
        frame.srcdoc = SEE;
        host.attachShadow({mode: 'open'}).append(frame); await loaded(); return see();""",
    "window": """
        const opened = window.open('');
        const seen = opened.localStorage.a;
        opened.close();
        return seen;""",
    "page of the app": """
        frame.src = 'inner'; document.body.append(frame); await loaded();
        const area = frame.contentWindow.localStorage;
        area.setItem('b', '2');
        const seen = [area.a, Object.keys(area).sort(), localStorage.b];
        localStorage.removeItem('b');
        return JSON.stringify(seen) === '["1",["a","b"],"2"]' ? '1' : JSON.stringify(seen);""",
    "frame of a page in a frame": """
        frame.src = 'inner'; document.body.append(frame); await loaded();
        const inner = frame.contentDocument.createElement('iframe');
        frame.contentDocument.body.append(inner);
        return inner.contentWindow.localStorage.a;""",
}

_FRAME = """async body => {
  const SEE = `<script>
    window.seen = localStorage.a;
    addEventListener('storage', event => { window.told = event.key; });
  </script>`;
  let frame = document.createElement('iframe');
  const loaded = () => new Promise(resolve => {
    frame.addEventListener('load', resolve, {once: true});
  });
  const see = () => frame.contentWindow.seen;
  try {
    return await eval(`(async () => { ${body} })()`);
  } finally {
    frame.remove();
  }
}"""


@pytest.mark.parametrize("way", FRAMES)
def test_frames_that_the_app_makes_share_its_storage(way: str, page: Page) -> None:
    page.evaluate("localStorage.a = 1")
    assert page.evaluate(_FRAME, FRAMES[way]) == "1"


def test_frame_of_another_app_or_the_site_has_its_own_storage(kernel: Kernel, page: Page) -> None:
    page.evaluate("localStorage.a = 1")
    kernel.page.evaluate("localStorage.a = 'lab'")
    with kernel.serve() as other:
        other.answer("*", PAGE, [HTML])
        script = """
            frame.src = '%s'; document.body.append(frame); await loaded();
            return String(frame.contentWindow.localStorage.a);"""
        assert page.evaluate(_FRAME, script % other.url) == "undefined"
        assert page.evaluate(_FRAME, script % f"{kernel.site}asgi/") == "lab"
        # Nor do their frames have the app's.
        nested = script.replace("frame.contentWindow", "inner.contentWindow").replace(
            "return",
            """const inner = frame.contentDocument.createElement('iframe');
            frame.contentDocument.body.append(inner);
            return""",
        )
        assert page.evaluate(_FRAME, nested % other.url) == "undefined"
        assert page.evaluate(_FRAME, nested % f"{kernel.site}asgi/") == "lab"
    kernel.page.evaluate("localStorage.clear()")


def test_frames_get_events_of_the_app_only(kernel: Kernel, page: Page, near: Page) -> None:
    page.evaluate("""() => new Promise(resolve => {
      window.frame = document.createElement('iframe');
      frame.onload = resolve;
      frame.srcdoc = `<script>
        window.seen = [];
        addEventListener('storage', ({key, storageArea}) => {
          seen.push([key, storageArea === localStorage]);
        });
      </script>`;
      document.body.append(frame);
      window.written = document.createElement('iframe');
      document.body.append(written);
      written.contentDocument.open();
      written.contentDocument.write(frame.srcdoc);
      written.contentDocument.close();
    })""")
    kernel.page.evaluate("localStorage.lab = 1; delete localStorage.lab")
    near.evaluate("localStorage.told = 1")
    for frame in ("frame", "written"):
        wait_until(page, f"async () => {frame}.contentWindow.seen.length > 0")
        assert page.evaluate(f"{frame}.contentWindow.seen") == [["told", True]]


def test_sandboxed_page_has_no_storage(kernel: Kernel, app: App, tab: Page) -> None:
    app.answer("*", PAGE, [HTML, ("content-security-policy", "sandbox allow-scripts")])
    tab.goto(app.url)
    assert tab.evaluate("() => { try { localStorage; } catch (error) { return error.name; } }") == (
        "SecurityError"
    )


def _snapshot(cleared: int | None) -> tuple[str, str]:
    """The header of a response with this news; see `jar.py`."""
    fields: dict[str, object] = {
        "changes": cleared or 1,
        "written": None,
        "cookies": [],
        "cleared": cleared,
    }
    return ("jupyterlite-asgi-cookies", quote(json.dumps(fields)))


def test_storage_is_cleared_once_when_the_kernel_says_so(
    kernel: Kernel, app: App, page: Page, near: Page
) -> None:
    fill = "localStorage.a = 1; sessionStorage.a = 1"
    ask = "fetch('api').then(() => [localStorage.length, sessionStorage.length])"
    kernel.page.evaluate("localStorage.lab = 1")
    page.evaluate(fill)
    near.evaluate("sessionStorage.a = 1")
    app.answer("/api", "", [_snapshot(5)])
    assert page.evaluate(ask) == [0, 0]
    # The other page learns of it later, and must not clear what was stored since.
    page.evaluate(fill)
    assert near.evaluate(ask) == [1, 0]
    assert page.evaluate(ask) == [1, 1]
    app.answer("/api", "", [_snapshot(6)])
    assert page.evaluate(ask) == [0, 0]
    assert kernel.page.evaluate("localStorage.lab") == "1"
    kernel.page.evaluate("localStorage.clear()")


def test_browser_does_not_obey_clear_site_data(kernel: Kernel, app: App, page: Page) -> None:
    header = ("clear-site-data", '"*"')
    app.answer("*", PAGE, [HTML, header])
    kernel.page.evaluate("localStorage.lab = 1; document.cookie = 'lab=1'")
    assert page.evaluate("fetch('a').then(response => response.status)") == 200
    page.evaluate("new Image().src = 'image'")
    app.wait_for("GET /image")
    page.goto(f"{app.url}page")
    assert kernel.page.evaluate("[localStorage.lab, document.cookie]") == ["1", "lab=1"]
    registered = "navigator.serviceWorker.getRegistrations().then(all => all.length)"
    assert kernel.page.evaluate(registered) == 1
    kernel.page.evaluate("localStorage.clear(); document.cookie = 'lab=; max-age=0'")
