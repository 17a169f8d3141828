"""Fixtures: a notebook in WebKitGTK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from lab import Notebook
from playwright.sync_api import Page
from sites import serve_site

from webkit.driver import WebKitPage
from webkit.launch import open_webkit, programs


@pytest.fixture(scope="session")
def webkit() -> Iterator[WebKitPage]:
    """The page of the only browser, because each session of the driver allows one."""
    found = programs()
    if found is None:
        pytest.skip("WebKitGTK is not installed: install webkit2gtk-driver and xvfb")
    with open_webkit(*found) as page:
        yield page


@pytest.fixture(scope="session")
def notebook(webkit: WebKitPage) -> Iterator[Notebook]:
    """A notebook that the tests share; only its cells and ``fetch`` work here."""
    with serve_site() as site:
        notebook = Notebook(cast(Page, webkit), site)
        notebook.run("%pip install fastapi itsdangerous python-multipart")
        yield notebook
