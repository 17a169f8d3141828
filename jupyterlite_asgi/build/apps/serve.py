"""Serves a folder as a static host does, to look at published apps."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from ..errors import BuildError

#: The port that is tried first.
PORT = 8000

_HOST = "127.0.0.1"
#: The page for what is not there, as on GitHub Pages.
_MISSING = "404.html"


def run(folder: Path, port: int, page: str, say: Callable[[str], None]) -> None:
    """Serve a folder until Ctrl+C.

    Args:
        folder: what to serve.
        port: where; 0 for port 8000, or another free one if that is taken.
        page: the path of the page whose URL is said.
        say: prints a line.

    Raises:
        BuildError: the port is taken.
    """
    with listen(folder, port, is_draft=True) as server:
        say(f"Open http://{_HOST}:{server.server_port}/{page}  (Ctrl+C stops)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")


def listen(folder: Path, port: int, *, is_draft: bool = False) -> ThreadingHTTPServer:
    """Return a server of a folder, which listens.

    Args:
        folder: what to serve.
        port: see ``run()``.
        is_draft: whether the folder changes: then browsers keep no app, and show its latest build.

    Raises:
        BuildError: the port is taken.
    """
    handler = partial(_Draft if is_draft else _Handler, directory=str(folder))
    try:
        return _Server((_HOST, port or PORT), handler)
    except OSError as error:
        if not port:
            return _Server((_HOST, 0), handler)
        raise BuildError(
            f"Port {port} cannot be used ({error.strerror}): choose another, or --serve alone, "
            "which finds a free one."
        ) from error


#: The types of files, as a host sends them; the machine's own registry may have others.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".zip": "application/zip",
}


class _Server(ThreadingHTTPServer):
    # On Windows this would share a port with a program that already has it.
    allow_reuse_address = os.name == "posix"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files and ``index.html``, but lists no folder."""

    #: The header Cache-Control of all responses (RFC 9111, section 5.2.2).
    caching = "no-cache"

    def end_headers(self) -> None:
        """End the headers of a response; every page asks whether its files have changed."""
        self.send_header("Cache-Control", self.caching)
        super().end_headers()

    def send_head(self) -> IO[bytes] | None:  # type: ignore[override]
        """Send the headers; return the file, or None if there is no body to send."""
        try:
            return super().send_head()
        except ValueError:  # a path with a null character
            self.send_error(HTTPStatus.NOT_FOUND)
            return None

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return the Content-Type of a file."""
        return _TYPES.get(Path(path).suffix.lower(), "application/octet-stream")

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Answer a request for a folder without a page."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the site's own page for what is not there, if it has one."""
        page = Path(self.directory) / _MISSING
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", _TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print no request."""


class _Draft(_Handler):
    caching = "no-store"
