"""Downloads: by link, with and without names, from a frame and from a tab."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from worker.stub import HTML, App, Kernel

CONTENT = bytes(range(256)) * 1200
BINARY = ("content-type", "application/octet-stream")

HOME = """<p>files</p>
<a href="save">save</a> <a href="raw/utf-8">utf-8</a> <a href="raw/latin-1">latin-1</a>
<a href="show" download="wörd.bin">named</a> <a href="page" download>unnamed</a>
<a href="raw/utf-8" download="own">named twice</a>"""

#: Values of `content-disposition` with a character for each byte, by path.
NAMES = {
    "/save": "attachment; filename*=utf-8''%E6%97%A5%E6%9C%AC%20n%C3%A4me.bin",
    "/raw/utf-8": 'attachment; filename="' + "日本.txt".encode().decode("latin-1") + '"',
    "/raw/latin-1": 'attachment; filename="n\xe4me.txt"',
}


@dataclasses.dataclass
class Place:
    """The app's page, in a tab or in a frame of one."""

    page: Page
    body: Locator

    def saved(self, link: str) -> tuple[str, bytes]:
        """Click a link that saves a file and keeps the page; return the file's name and content."""
        with self.page.expect_download() as download:
            self.body.get_by_role("link", name=link, exact=True).click()
        content = Path(download.value.path()).read_bytes()
        download.value.delete()  # or Firefox would number the next file of that name
        expect(self.body.locator("p")).to_have_text("files")
        return download.value.suggested_filename, content


@pytest.fixture(params=["panel", "tab"])
def place(request: pytest.FixtureRequest, kernel: Kernel, app: App, tab: Page) -> Place:
    """The app's page, in a panel or in a tab."""
    app.answer("/", HOME, [HTML])
    app.answer("/show", CONTENT, [BINARY])
    app.answer("/page", "<!doctype html><p>saved</p>", [HTML])
    for path, disposition in NAMES.items():
        app.answer(path, CONTENT, [BINARY, ("content-disposition", disposition)])
    if request.param == "panel":
        return Place(tab, kernel.show(tab, app.url).locator("body"))
    tab.goto(app.url)
    return Place(tab, tab.locator("body"))


def test_links_save_what_the_app_sends(place: Place) -> None:
    for link, name in [("save", "日本 näme.bin"), ("utf-8", "日本.txt"), ("latin-1", "näme.txt")]:
        assert place.saved(link) == (name, CONTENT), link


def test_links_with_the_download_attribute_save_pages(place: Place) -> None:
    assert place.saved("named") == ("wörd.bin", CONTENT)
    assert place.saved("named twice") == ("日本.txt", CONTENT)
    assert place.saved("unnamed") == ("page.html", b"<!doctype html><p>saved</p>")
