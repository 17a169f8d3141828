"""Small apps, and a way to run one as a served app is run."""

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
    """Run ``app`` for one request inside a runner's middleware; errors go to stderr.

    Args:
        app: the author's app.
        connection: the connection with the request.
        host: the middleware that a host adds around the runner's.
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
