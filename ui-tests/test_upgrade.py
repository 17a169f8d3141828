"""A new build of the site is published while tabs of an older build are open."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from apps import plain
from conftest import guarded
from faults import Fault
from lab import SLOW, Notebook, wait_until
from playwright.sync_api import Browser
from sites import serve_site

from jupyterlite_asgi import __version__
from jupyterlite_asgi.hosts.browser.protocol import VERSION

STREAM = """
import asyncio

async def stream(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass

%asgi_serve stream --open none
"""

OPEN_STREAM = """async url => {
  const reader = (await fetch(url)).body.getReader();
  await reader.read();
  window.pending = reader.read().then(() => 'ended', error => error.name);
}"""

#: Reads a stream and reopens it forever: the first time at once, later after a pause.
KEEP_OPEN = """url => new Promise(resolve => {
  window.opened = 0;
  const read = async () => {
    const reader = (await fetch(url)).body.getReader();
    while (!(await reader.read()).done) {
      window.opened += 1;
      resolve();
    }
  };
  const again = pause => read().catch(() => undefined).then(() => setTimeout(again, pause, 250));
  again(0);
})"""

ANSWERS_AS = """async ([url, version]) => {
  const response = await fetch(url);
  return response.ok && (await response.json()).version === version;
}"""


def replaced(content: bytes, old: str, new: str) -> bytes:
    """Replace the only occurrence of ``old`` in ``content`` by ``new``."""
    assert content.count(old.encode()) == 1
    return content.replace(old.encode(), new.encode())


class Build:
    """Alters the built site's worker to look like another build's.

    Until another build was published, Pyodide does not arrive.
    """

    def __init__(self) -> None:
        self.version, self.worker = "0.0.0", VERSION
        self.published = threading.Event()

    def __call__(self, path: str, content: bytes) -> bytes:
        if path.endswith("pyodide.asm.wasm"):
            assert self.published.wait(SLOW / 1000)
        if path != "service-worker.js":
            return content
        content = replaced(content, f'version = "{__version__}"', f'version = "{self.version}"')
        return replaced(content, f"var VERSION = {VERSION};", f"var VERSION = {self.worker};")


class Published:
    """A notebook of a site whose older build it was opened with."""

    def __init__(self, notebook: Notebook, build: Build) -> None:
        self.notebook, self._build = notebook, build

    def publish(self, version: str, worker: int = VERSION) -> None:
        """Publish another build; open it in another tab; wait until its worker is in use."""
        self._build.version, self._build.worker = version, worker
        later = self.notebook.page.context.new_page()
        later.goto(f"{self.notebook.site}lab/index.html?reset")
        # In Chromium this would take five minutes if the old worker did not end its streams.
        wait_until(later, ANSWERS_AS, [f"{self.notebook.site}asgi/-/version", version])
        later.close()
        self._build.published.set()


@pytest.fixture(scope="module")
def published(browser: Browser, setting: tuple[str, str]) -> Iterator[Published]:
    """The notebook and its site, which the tests share."""
    build = Build()
    with serve_site(setting[1], build) as site, guarded(browser) as context:
        yield Published(Notebook(context.new_page(), site), build)


def test_worker_is_replaced_while_the_kernel_loads_pyodide(published: Published) -> None:
    published.publish("0.0.6")
    assert published.notebook.run("1 + 1").text == "2"


def test_worker_of_an_older_build_is_replaced(published: Published) -> None:
    published.publish("0.0.1")
    notebook = published.notebook
    notebook.run(STREAM)
    notebook.page.evaluate(OPEN_STREAM, f"{notebook.site}asgi/stream/")
    published.publish(__version__)
    assert notebook.page.evaluate("() => window.pending") in ("TypeError", "AbortError")
    notebook.run(plain("another") + "%asgi_serve another --open none")
    assert notebook.fetch("asgi/another/").text == "hello"


def test_stream_that_is_reopened_at_once_does_not_keep_an_older_worker(
    published: Published,
) -> None:
    published.publish("0.0.2")
    notebook = published.notebook
    notebook.run(STREAM)
    notebook.page.evaluate(KEEP_OPEN, f"{notebook.site}asgi/stream/")
    published.publish("0.0.3")
    notebook.page.wait_for_function("() => window.opened > 1", timeout=SLOW)


@pytest.mark.fault("The site is updated")
def test_worker_with_another_protocol_says_what_to_do(published: Published, fault: Fault) -> None:
    published.publish("0.0.4")
    notebook = published.notebook
    notebook.run(plain("shop") + "%asgi_serve shop --open none")
    assert notebook.fetch("asgi/shop/").text == "hello"

    published.publish("0.0.5", VERSION + 1)
    answer = notebook.fetch("asgi/shop/")
    assert answer.status == 503
    assert fault.sentence in answer.text
    assert notebook.run("%asgi_serve shop --open none").error == (
        "ServeError: The site was updated while this page was open, so this kernel is "
        "incompatible with the service worker of version 0.0.5: "
        "save the notebook and reload the page."
    )
