"""Files that a browser saves: by a link, by a name, out of the panel and out of a tab."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Notebook
from playwright.sync_api import Locator, Page, expect

FILES = """
from pathlib import Path
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
files = FastAPI()
CONTENT = bytes(range(256)) * 1200
Path("/tmp/content.bin").write_bytes(CONTENT)
NAMES = {"utf-8": "日本.txt".encode(), "latin-1": b"n\\xe4me.txt"}

@files.get("/")
def home():
    return HTMLResponse('''<p>files</p>
        <a href="save">save</a> <a href="raw/utf-8">utf-8</a> <a href="raw/latin-1">latin-1</a>
        <a href="show" download="wörd.bin">named</a> <a href="page" download>unnamed</a>
        <a href="raw/utf-8" download="own">named twice</a>''')

@files.get("/save")
def save():
    return FileResponse("/tmp/content.bin", filename="日本 näme.bin")

@files.get("/raw/{encoding}")
def raw(encoding: str):
    response = Response(CONTENT, media_type="application/octet-stream")
    value = b'attachment; filename="' + NAMES[encoding] + b'"'
    response.raw_headers.append((b"content-disposition", value))
    return response

@files.get("/show")
def show():
    return Response(CONTENT, media_type="application/octet-stream")

@files.get("/page")
def page():
    return HTMLResponse("<!doctype html><p>saved</p>")

%asgi_serve files
"""

CONTENT = bytes(range(256)) * 1200


@dataclasses.dataclass
class Place:
    """The app's page, in a tab or in a panel of one."""

    page: Page
    body: Locator

    def saved(self, link: str) -> tuple[str, bytes]:
        """The name and content of what a link saves, which leaves the page where it is."""
        with self.page.expect_download() as download:
            self.body.get_by_role("link", name=link, exact=True).click()
        content = Path(download.value.path()).read_bytes()
        download.value.delete()  # or Firefox would number the next of that name
        expect(self.body.locator("p")).to_have_text("files")
        return download.value.suggested_filename, content


@pytest.fixture(scope="module", params=["panel", "tab"])
def place(request: pytest.FixtureRequest, notebook: Notebook) -> Iterator[Place]:
    """Where the app is shown."""
    notebook.run(FILES)
    if request.param == "panel":
        yield Place(notebook.page, notebook.frame("files").locator("body"))
    else:
        tab = notebook.page.context.new_page()
        tab.goto(f"{notebook.site}asgi/files/")
        yield Place(tab, tab.locator("body"))
        tab.close()


def test_links_save_what_the_app_sends(place: Place) -> None:
    for link, name in [("save", "日本 näme.bin"), ("utf-8", "日本.txt"), ("latin-1", "näme.txt")]:
        assert place.saved(link) == (name, CONTENT), link


def test_links_with_a_name_save_what_the_app_shows(place: Place) -> None:
    assert place.saved("named") == ("wörd.bin", CONTENT)
    assert place.saved("named twice") == ("日本.txt", CONTENT)
    assert place.saved("unnamed") == ("page.html", b"<!doctype html><p>saved</p>")
