"""A site with published apps whose host counts requests, and may lose or change files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page
from sites import SITE

from .places import Place, serving

#: Takes the bytes of a file; returns what to send, or None for 404.
Change = Callable[[bytes], bytes | None]


class Host:
    """Serves the built site below a path.

    Args:
        base: the path, with a slash at its end.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        #: The paths within the site that were requested so far.
        self.requests: list[str] = []
        #: Headers of all responses.
        self.headers: dict[str, str] = {}
        self._changes: dict[str, Change] = {}
        self._server = self._listen(0)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """The URL of the site, with a slash at its end."""
        return f"http://127.0.0.1:{self.port}{self._base}"

    def change(self, path: str, change: Change) -> None:
        """Have each request of a file answered with what ``change`` returns."""
        self._changes[path] = change

    def deny(self, path: str) -> None:
        """Answer requests of a file with 404."""
        self.change(path, lambda content: None)

    def restore(self) -> None:
        """Serve the site as it was built."""
        self._changes.clear()

    def stop(self) -> None:
        """Refuse connections, as if the browser were offline."""
        self._server.shutdown()
        self._server.server_close()

    def resume(self) -> None:
        """Serve again, at the same port."""
        self._server = self._listen(self.port)

    def answer(self, url: str) -> tuple[Path, bytes | None]:
        """Return the file for the path of a URL, and what to send for it."""
        path = urlsplit(url).path
        if not path.startswith(self._base):
            return SITE, None
        name = path.removeprefix(self._base)
        self.requests.append(name)
        file = SITE / name
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file() or SITE not in file.resolve().parents:
            return SITE, None
        content = file.read_bytes()
        change = self._changes.get(name)
        return file, change(content) if change else content

    def _listen(self, port: int) -> _Server:
        server = _Server(("127.0.0.1", port), partial(_Handler, host=self))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(SimpleHTTPRequestHandler):
    # One connection for each request: `Host.stop()` leaves none open.
    protocol_version = "HTTP/1.0"

    def __init__(self, *args: object, host: Host) -> None:
        self._host = host
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        file, content = self._host.answer(self.path)
        if content is None:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Length", str(len(content)))
        for name, value in self._host.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def host(setting: tuple[str, str]) -> Iterator[Host]:
    """A host of the built site, for one test."""
    assert (SITE / "asgi" / "index.html").exists(), "there is no site: run `make site` first"
    host = Host(setting[1])
    yield host
    host.restore()
    host.stop()


@pytest.fixture
def place(setting: tuple[str, str]) -> Iterator[Place]:
    """A site with one published app, for one test."""
    with serving(setting[1]) as place:
        yield place


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of a new profile."""
    return context.new_page()
