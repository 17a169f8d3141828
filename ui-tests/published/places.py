"""A site that publishes the app of `apps/pages.py` alone, served unchanged or altered."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page, expect

from jupyterlite_asgi.build.apps import serve, site
from jupyterlite_asgi.build.apps.declaration import read_source

NAME = "pages"
#: Milliseconds that a start may take on a slow machine.
START = 90_000

MANIFEST = f"static/asgi/{NAME}.json"

#: A script for pages: keeps what runtimes tell the shell.
LISTEN = """
window.told = [];
window.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', ({data}) => window.told.push(data));
  }
};
"""

#: Returns the first such message of a type.
HEARD = "type => window.told.find(message => message.type === type)"

#: Takes the places of both runtimes that an origin may have.
TAKE_SLOTS = """() => {
  for (const slot of [0, 1]) {
    navigator.locks.request(`jupyterlite-asgi runtime ${slot}`, () => new Promise(() => {}));
  }
}"""


@functools.cache
def _built() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = Path(__file__).parent / "apps" / "pages.py"
    app = read_source(source, "app", {"name": NAME, "title": "Pages"}, source.parent)
    site.publish([app], folder, lambda line: None)
    return folder


class Place:
    """The site in a folder, which may be changed while it is served.

    Args:
        url: the URL of the site, with a slash at its end.
        folder: the files of the site.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self._folder = url, folder

    @property
    def app(self) -> str:
        """The URL of the published app."""
        return f"{self.url}asgi/{NAME}/"

    @property
    def manifest(self) -> dict[str, Any]:
        """The app's manifest."""
        data: dict[str, Any] = json.loads((self._folder / MANIFEST).read_text("utf-8"))
        return data

    def read(self, path: str) -> bytes:
        """The contents of a file."""
        return (self._folder / path).read_bytes()

    def write(self, path: str, content: bytes | None) -> None:
        """Replace a file; None removes it."""
        file = self._folder / path
        file.unlink(missing_ok=True)  # a hard link, whose target must stay
        if content is not None:
            file.write_bytes(content)

    def declare(self, **fields: Any) -> None:
        """Change the app in the manifest, which then has no snapshot."""
        manifest = self.manifest
        manifest["app"] |= fields
        self.write(MANIFEST, json.dumps(manifest | {"snapshot": None, "build": "-"}).encode())


@contextlib.contextmanager
def serving(base: str) -> Iterator[Place]:
    """Serve a copy of the site below the path ``base``, as GitHub Pages does."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, base.strip("/"))
        shutil.copytree(_built(), folder, copy_function=os.link, dirs_exist_ok=True)
        if base != "/":
            os.link(folder / "404.html", Path(root, "404.html"))
        with serve.listen(Path(root), 0) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield Place(f"http://127.0.0.1:{server.server_port}{base}", folder)
            server.shutdown()


def shown(page: Page) -> Frame:
    """Wait until the app is shown; return its frame."""
    expect(page.locator("#frame")).to_be_attached(timeout=START)
    expect(page.locator("#screen")).to_be_hidden(timeout=START)
    frame = page.locator("#frame").element_handle().content_frame()
    assert frame is not None
    frame.wait_for_load_state()
    return frame


def runtimes(page: Page) -> int:
    """How many runtimes live in the browser."""
    count: int = page.evaluate(
        """async () => (await navigator.locks.query()).held
          .filter(({name}) => / published /.test(name)).length"""
    )
    return count
