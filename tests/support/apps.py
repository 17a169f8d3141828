"""Small apps, and how one is run as a served app is."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jupyterlite_asgi.hosts.http import HttpConnection
from jupyterlite_asgi.serving.middleware.conformance import check
from jupyterlite_asgi.serving.middleware.errors import answer_errors
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send


async def run_app(
    app: ASGIApp, connection: HttpConnection, host: Callable[[ASGIApp], ASGIApp] | None = None
) -> None:
    """Answer a request as a runner has ``app`` answer it; its errors go to stderr.

    Args:
        app: the author's.
        connection: brings the request.
        host: middleware that a host puts around all that.
    """
    runner = answer_errors(check(app), sys.stderr.write)
    await connection.run(runner if host is None else host(runner))


def says(text: str) -> ASGIApp:
    """An app that answers every request with ``text``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text.encode()})

    return app
