"""How published apps start: from the bundle, from the build's snapshot, from the visitor's own."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from conftest import guarded, launch
from lab import SLOW
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from .conftest import Host
from .places import HEARD, LISTEN, Place, shown

_DAMAGE = """async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const {url} of await cache.keys()) {
      if (/snapshots\\/.*\\/data$/.test(url)) {
        await cache.put(url, new Response(new Uint8Array(1000)));
      }
    }
  }
}"""

#: Before the script of a runtime, which then measures a fast connection on any machine.
_FAST = b"""const time = performance.now.bind(performance);
performance.now = () => time() / 1000;
"""

_STORED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const {url} of await (await caches.open(name)).keys()) {
      found.push(new URL(url).pathname);
    }
  }
  return found;
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(LISTEN)
    return context.new_page()


def _manifest(host: Host, name: str) -> Any:
    _, content = host.answer(f"{host.url}static/asgi/{name}.json")
    assert content is not None
    return json.loads(content)


def _visit(page: Page, host: Host, name: str) -> str:
    """Open an app, wait until all is kept; return what it was started from."""
    host.requests.clear()
    page.goto(f"{host.url}asgi/{name}/")
    page.wait_for_function(HEARD, arg="kept", timeout=SLOW)
    ready = page.evaluate(HEARD, "ready")
    return str(ready["from"])


def test_starts(page: Page, host: Host) -> None:
    snapshot = _manifest(host, "flask")["snapshot"]
    if snapshot is not None:
        host.deny(snapshot["data"]["url"])
        host.deny(snapshot["head"]["url"])
    assert _visit(page, host, "flask") == "bundle"
    rest = _manifest(host, "flask")["rest"]["url"]
    assert host.requests.count(rest) <= 2  # once at most for the store, once for Python

    assert _visit(page, host, "flask") == "own snapshot"
    files = [path for path in host.requests if path.startswith("static/asgi/")]
    assert set(files) == {"static/asgi/flask.json"}

    host.stop()
    try:
        assert _visit(page, host, "flask") == "own snapshot"
        assert page.frame_locator("#frame").locator("h1").inner_text() == "Recipes"
    finally:
        host.resume()

    page.evaluate(_DAMAGE)
    assert _visit(page, host, "flask") == "bundle"
    assert "again" in page.evaluate("window.told.map(message => message.type)")
    assert _visit(page, host, "flask") == "own snapshot"


def test_modules_are_found_by_the_index_of_the_bundle(page: Page, place: Place) -> None:
    place.declare()
    page.goto(f"{place.app}finder")
    expect(shown(page).locator("body")).to_have_text("sitecustomize")


def test_new_builds(page: Page, host: Host) -> None:
    _visit(page, host, "fastapi")
    first = _manifest(host, "fastapi")
    latest = json.dumps({**first, "title": "Market", "build": "1"}).encode()
    lost = json.dumps(
        {**first, "title": "Lost", "build": "2", "rest": {"url": "static/asgi/none", "size": 1}}
    ).encode()

    host.change("static/asgi/fastapi.json", lambda content: lost)
    _visit(page, host, "fastapi")
    assert any("Not everything was stored" in text for text in _logs(page))
    host.change("static/asgi/fastapi.json", lambda content: latest)
    assert _visit(page, host, "fastapi") != "bundle"
    assert not _logs(page)
    _visit(page, host, "fastapi")
    snapshots = [path for path in page.evaluate(_STORED) if "/snapshots/" in path]
    assert all("/fastapi/1/" in path for path in snapshots)


def _logs(page: Page) -> list[str]:
    logs: list[str] = page.evaluate(
        "window.told.filter(message => message.type === 'log').map(message => message.text)"
    )
    return logs


@pytest.mark.parametrize("name", ["dash", "datasette", "django", "fastapi", "flask"])
def test_examples(page: Page, host: Host, name: str) -> None:
    _visit(page, host, name)
    status = page.evaluate("async () => (await fetch(location.href)).status")
    assert status == 200


def test_a_copy_of_memory_has_the_clock_and_the_language_of_its_reader(
    playwright: Playwright, engine: str, place: Place
) -> None:
    assert place.manifest["snapshot"] is not None
    runtime = place.manifest["scripts"]["runtime"]["url"]
    place.write(runtime, _FAST + place.read(runtime))
    found = []
    browser = launch(playwright, engine, env={"TZ": "Asia/Kolkata"})
    with contextlib.closing(browser):
        for started in ("snapshot of the build", "bundle"):
            with guarded(browser) as context:
                context.add_init_script(LISTEN)
                page = context.new_page()
                page.goto(place.app)
                frame = shown(page)
                assert page.evaluate(HEARD, "ready")["from"] == started
                found.append(frame.evaluate("async () => (await fetch('where')).json()"))
            place.declare()  # without the snapshot
    assert found[0] == found[1]
    assert found[0][:4] == [-19800, "UTC+0530", "17:30 +0530", "UTC+0530"]
