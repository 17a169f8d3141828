"""A real server for what an app here is compared with."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

#: Bytes of the head of a request, at most.
LARGEST = 1024 * 1024


@contextlib.contextmanager
def serve_app(app: Any, host: str = "127.0.0.1") -> Iterator[str]:
    """Let uvicorn serve an ASGI app on this machine; give the origin's URL without a slash."""
    config = uvicorn.Config(
        app, lifespan="off", log_level="error", http="h11", h11_max_incomplete_event_size=LARGEST
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # before anybody asks
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join()
