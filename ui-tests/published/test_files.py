"""The files of a published app that no start needs, which arrive after it."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from lab import SLOW
from playwright.sync_api import BrowserContext, Page, expect

from jupyterlite_asgi.build.apps.prepare import unbundled

from .conftest import Host
from .places import HEARD, LISTEN, shown

#: An app with many such files: modules, sources, templates.
_APP = "asgi/django/"
_MANIFEST = "static/asgi/django.json"

_FORGET = """async path => {
  for (const name of await caches.keys()) {
    await (await caches.open(name)).delete(path);
  }
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(LISTEN)
    return context.new_page()


@pytest.fixture
def manifest(host: Host) -> Any:
    """The app's manifest."""
    _, content = host.answer(host.url + _MANIFEST)
    assert content is not None
    return json.loads(content)


@pytest.fixture
def rest(manifest: Any) -> str:
    """The path of the bundle with those files, within the site."""
    return str(manifest["rest"]["url"])


def _open(page: Page, url: str) -> str:
    """Open a page of the app; return what the app was started from."""
    page.goto(url)
    shown(page)
    return str(page.evaluate(HEARD, "ready")["from"])


def _wait_until_kept(page: Page) -> None:
    """Wait until the browser stores all that the next visit needs."""
    page.wait_for_function(HEARD, arg="kept", timeout=SLOW)


@contextlib.contextmanager
def _stalling(host: Host, path: str) -> Iterator[None]:
    """Have responses with a file begin only at the end."""
    is_over = threading.Event()

    def wait(content: bytes) -> bytes:
        is_over.wait()
        return content

    host.change(path, wait)
    try:
        yield
    finally:
        is_over.set()
        host.restore()


def test_a_start_does_not_wait_for_them(page: Page, host: Host, manifest: Any, rest: str) -> None:
    title = page.frame_locator("#frame").locator("h1")
    with _stalling(host, rest):
        host.deny(manifest["snapshot"]["data"]["url"])
        host.deny(manifest["snapshot"]["head"]["url"])
        assert _open(page, host.url + _APP) == "bundle"
        expect(title).to_have_text("Birds")
    _wait_until_kept(page)

    page.evaluate(_FORGET, host.url + rest)
    with _stalling(host, rest):
        assert _open(page, host.url + _APP) == "own snapshot"
        expect(title).to_have_text("Birds")


#: The path of a page, what only its request reads, and what it then shows: the form of a module
#: that its view imports; in a traceback, a line of the framework's source.
_PAGES = {
    "module": ("admin/login/", "/app/lib/django/contrib/admin/forms.py", "Password:"),
    "source": ("media/..%2Fx", "/app/lib/django/utils/_os.py", "raise SuspiciousFileOperation("),
}


@pytest.mark.parametrize("kind", _PAGES)
def test_requests_wait_for_them(page: Page, host: Host, rest: str, kind: str) -> None:
    path, file, text = _PAGES[kind]
    assert file in _files(host, rest)
    url = host.url + _APP + path
    body = page.frame_locator("#frame").locator("body")
    with _stalling(host, rest):
        _open(page, host.url + _APP)
        _lead(page, url)
    expect(body).to_contain_text(text)
    _wait_until_kept(page)

    host.stop()
    try:
        assert _open(page, url) != "bundle"
        expect(body).to_contain_text(text)
    finally:
        host.resume()


def _files(host: Host, bundle: str) -> dict[str, bytes]:
    """Return the files of a bundle."""
    _, content = host.answer(host.url + bundle)
    assert content is not None
    return unbundled(gzip.decompress(content))


def _lead(page: Page, url: str) -> None:
    """Lead the frame to a page of the app, without waiting for it."""
    shown(page).evaluate("url => location.assign(url)", url)


def test_a_request_fails_without_them_and_the_next_tries_again(
    page: Page, host: Host, rest: str
) -> None:
    path, _, text = _PAGES["module"]
    url = host.url + _APP + path
    body = page.frame_locator("#frame").locator("body")
    host.deny(rest)
    _open(page, host.url + _APP)
    _lead(page, url)
    expect(body).to_contain_text("I/O error")
    host.restore()
    _lead(page, url)
    expect(body).to_contain_text(text)
