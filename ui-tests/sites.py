"""Serves the built site over HTTP, unchanged or altered."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

KERNEL_PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"

#: The site under test; ASGI_SITE in the environment names another.
SITE = Path(
    os.environ.get("ASGI_SITE") or Path(__file__).parent.parent / "build" / "site"
).resolve()

#: Takes a file's path within the site and its bytes; returns the bytes to send, or None for 404.
Alter = Callable[[str, bytes], bytes | None]

#: Extra headers of each response.
Headers = Mapping[str, str]


def configured(**options: Any) -> Alter:
    """Change settings of the Pyodide kernel in the site's configuration."""

    def alter(path: str, content: bytes) -> bytes:
        if path != "jupyter-lite.json":
            return content
        data = json.loads(content)
        data["jupyter-config-data"]["litePluginSettings"][KERNEL_PLUGIN] |= options
        return json.dumps(data).encode()

    return alter


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(
        self, *args: object, folder: Path, base: str, alter: Alter | None, headers: Headers
    ) -> None:
        self._base, self._alter, self._headers = base, alter, headers
        super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not path.startswith(self._base):
            return self.send_error(404)
        self.path = f"/{path.removeprefix(self._base)}"
        if self._alter is None:
            return super().do_GET()
        return self._send_altered(self._alter)

    def _send_altered(self, alter: Alter) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        content = alter(self.path[1:], file.read_bytes()) if file.is_file() else None
        if content is None:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def end_headers(self) -> None:
        for name, value in self._headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: A lab makes more concurrent requests than the five of Python's default.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print an error, unless a browser has closed its connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serve_site(
    base: str = "/",
    alter: Alter | None = None,
    headers: Headers = MappingProxyType({}),
    *,
    folder: Path = SITE,
) -> Iterator[str]:
    """Serve the site in ``folder`` below ``base``, each file with these headers; yield the URL."""
    handler = partial(_Handler, folder=folder, base=base, alter=alter, headers=headers)
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}{base}"
        server.shutdown()
        thread.join()
