"""A real server, to compare apps here with."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

#: The largest accepted request head, in bytes.
LARGEST = 1024 * 1024


@contextlib.contextmanager
def serve_app(app: Any, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an ASGI app with uvicorn on this machine; yield the origin."""
    config = uvicorn.Config(
        app, lifespan="off", log_level="error", http="h11", h11_max_incomplete_event_size=LARGEST
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # before the first request
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join()
