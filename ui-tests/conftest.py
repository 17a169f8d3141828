"""Fixtures: real browsers, the built site at two places, notebooks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from lab import Notebook
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Playwright,
    Request,
    expect,
    sync_playwright,
)
from sites import SITE, serve_site

expect.set_options(timeout=20_000)

#: Chromium with no network but this machine, as root and without a display.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@contextlib.contextmanager
def guarded(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own, in which nothing may ask for anything off this machine."""
    foreign: list[str] = []

    def watch(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme.startswith("http") and url.hostname != "127.0.0.1":
            foreign.append(request.url)

    context = browser.new_context()
    context.on("request", watch)
    yield context
    context.close()
    assert foreign == []


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as instance:
        yield instance


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session", params=["/", "/demo/"])
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the built site, at its origin's root and below it."""
    assert (SITE / "service-worker.js").exists(), "there is no site: run `make site` first"
    with serve_site(request.param) as url:
        yield url


@pytest.fixture(scope="session")
def root_site() -> Iterator[str]:
    """The URL of the built site at its origin's root, for what does not depend on the place."""
    with serve_site() as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own."""
    with guarded(browser) as context:
        yield context


@pytest.fixture(scope="session")
def notebook(browser: Browser, site: str) -> Iterator[Notebook]:
    """A notebook that the tests of one place share; each serves apps of its own."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run("%pip install fastapi jinja2 python-multipart")
        yield notebook
