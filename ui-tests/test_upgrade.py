"""A new build of the site is published while tabs of an older build are open."""

from __future__ import annotations

import io
import zipfile

import pytest
from apps import plain
from conftest import guarded
from lab import SLOW, Notebook, wait_until
from playwright.sync_api import Browser
from sites import serve_site

from jupyterlite_asgi import __version__
from jupyterlite_asgi.hosts.browser import protocol
from jupyterlite_asgi.hosts.browser.protocol import VERSION

PROTOCOL = protocol.__name__.replace(".", "/") + ".py"

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
    """Alters the built site to look like another build."""

    def __init__(self, *, version: str = __version__, worker: int = VERSION, kernel: int = VERSION):
        self.version, self.worker, self._kernel = version, worker, kernel

    def __call__(self, path: str, content: bytes) -> bytes:
        if path == "service-worker.js":
            content = replaced(content, f'version = "{__version__}"', f'version = "{self.version}"')
            return replaced(content, f"var VERSION = {VERSION};", f"var VERSION = {self.worker};")
        if "jupyterlite_asgi-" in path and path.endswith(".whl"):
            return self._change_wheel(content)
        return content

    def _change_wheel(self, wheel: bytes) -> bytes:
        changed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(changed, "w") as new:
            contents = {entry.filename: old.read(entry) for entry in old.infolist()}
            contents[PROTOCOL] = replaced(
                contents[PROTOCOL], f"\nVERSION = {VERSION}\n", f"\nVERSION = {self._kernel}\n"
            )
            for name, content in contents.items():
                new.writestr(name, content)
        return changed.getvalue()


def test_worker_of_an_older_build_is_replaced(browser: Browser, setting: tuple[str, str]) -> None:
    build = Build(version="0.0.1")
    with serve_site(setting[1], build) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run(STREAM)
        version = f"{site}asgi/-/version"
        assert notebook.page.evaluate(ANSWERS_AS, [version, "0.0.1"])
        notebook.page.evaluate(OPEN_STREAM, f"{site}asgi/stream/")

        build.version = __version__
        later = context.new_page()
        later.goto(f"{site}lab/index.html?reset")
        # In Chromium this would take five minutes if the old worker did not end its streams.
        wait_until(later, ANSWERS_AS, [version, __version__])
        assert notebook.page.evaluate("() => window.pending") in ("TypeError", "AbortError")
        notebook.run(plain("another") + "%asgi_serve another --open none")
        assert notebook.fetch("asgi/another/").text == "hello"


def test_stream_that_is_reopened_at_once_does_not_keep_an_older_worker(
    browser: Browser, setting: tuple[str, str]
) -> None:
    build = Build(version="0.0.1")
    with serve_site(setting[1], build) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run(STREAM)
        notebook.page.evaluate(KEEP_OPEN, f"{site}asgi/stream/")

        build.version = __version__
        later = context.new_page()
        later.goto(f"{site}lab/index.html?reset")
        wait_until(later, ANSWERS_AS, [f"{site}asgi/-/version", __version__])
        notebook.page.wait_for_function("() => window.opened > 1", timeout=SLOW)


@pytest.mark.parametrize("build", [Build(worker=VERSION + 1), Build(kernel=VERSION + 1)])
def test_error_for_a_worker_with_another_protocol(
    browser: Browser, setting: tuple[str, str], build: Build
) -> None:
    with serve_site(setting[1], build) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        assert notebook.run(plain("app") + "%asgi_serve app").error == (
            "ServeError: The site was updated while this page was open, so this kernel is "
            f"incompatible with the service worker of version {__version__}: "
            "save the notebook and reload the page."
        )


def test_new_worker_with_another_protocol_says_what_to_do(
    browser: Browser, setting: tuple[str, str]
) -> None:
    build = Build(version="0.0.1")
    with serve_site(setting[1], build) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run(plain("app") + "%asgi_serve app --open none")
        assert notebook.fetch("asgi/app/").text == "hello"

        build.version, build.worker = __version__, VERSION + 1
        later = context.new_page()
        later.goto(f"{site}lab/index.html?reset")
        wait_until(later, ANSWERS_AS, [f"{site}asgi/-/version", __version__])
        answer = notebook.fetch("asgi/app/")
        assert answer.status == 503
        assert "The site was updated after the notebook of app was opened" in answer.text
