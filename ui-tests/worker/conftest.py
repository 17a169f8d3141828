"""Fixtures: a site with the real service worker, a kernel without Python, and apps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import guarded
from playwright.sync_api import Browser, Page
from sites import serve_site

from worker.stub import App, Kernel, make_site


@pytest.fixture(scope="session")
def site(setting: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the site, at the root of its origin or below a path."""
    folder = make_site(tmp_path_factory.mktemp("site"))
    with serve_site(setting[1], folder=folder) as url:
        yield url


@pytest.fixture(scope="session")
def kernel(browser: Browser, site: str) -> Iterator[Kernel]:
    """A kernel that the tests of one setting share."""
    with guarded(browser) as context:
        yield Kernel(context.new_page(), site)


@pytest.fixture
def app(kernel: Kernel) -> Iterator[App]:
    """An app without responses yet; its pages get the page script."""
    with kernel.serve() as app:
        yield app


@pytest.fixture
def plain(kernel: Kernel) -> Iterator[App]:
    """The same, but its pages do not get the page script."""
    with kernel.serve(inject=False) as app:
        yield app


@pytest.fixture
def tab(kernel: Kernel) -> Iterator[Page]:
    """A tab beside the kernel's page."""
    page = kernel.page.context.new_page()
    yield page
    page.close()
