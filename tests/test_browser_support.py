"""What the browser's host says where the browser lacks something."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.site import BASE_URL_VARIABLE

from .support.fake_browser import FakeBrowser
from .support.fake_host import SITE


@pytest.fixture
def make_host(monkeypatch: pytest.MonkeyPatch, browser: FakeBrowser) -> Any:
    """The class of the browser's host."""
    monkeypatch.setenv(BASE_URL_VARIABLE, SITE)
    return import_module("jupyterlite_asgi.hosts.browser.host").BrowserHost


def test_plain_http_is_explained(
    make_host: Any, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BASE_URL_VARIABLE, "http://site.test/")
    browser.js.isSecureContext = False
    del browser.js.navigator.locks  # as browsers do
    with pytest.raises(ServeError) as error:
        make_host()
    assert str(error.value) == (
        "Apps need a service worker, which browsers allow only at https:// and on localhost: "
        "open the site there instead of at http://site.test/."
    )


def test_frame_of_a_page_at_plain_http_is_explained(make_host: Any, browser: FakeBrowser) -> None:
    browser.js.isSecureContext = False
    with pytest.raises(ServeError) as error:
        make_host()
    assert str(error.value) == (
        "Apps need a service worker, which browsers refuse in a frame of a page at http://: "
        "open the site in a tab of its own."
    )


@pytest.mark.parametrize(
    "path", ["navigator.locks", "URL.canParse", "String.prototype.toWellFormed"]
)
def test_missing_api_is_named(make_host: Any, browser: FakeBrowser, path: str) -> None:
    owner: Any = browser.js
    *owners, name = path.split(".")
    for each in owners:
        owner = getattr(owner, each)
    delattr(owner, name)
    with pytest.raises(ServeError) as error:
        make_host()
    assert str(error.value) == (
        f"This browser cannot serve apps, because it lacks {path}: use Chrome or Edge 120, "
        "Firefox 119, Safari 17, or a later version."
    )
