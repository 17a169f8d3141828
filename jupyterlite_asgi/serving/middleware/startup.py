"""Holds requests until the app has started, and gives each a copy of the lifespan's state."""

from __future__ import annotations

import asyncio
from typing import Any

from ...types import ASGIApp, Receive, Scope, Send


class Startup:
    """Middleware that holds requests until ``finish()``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._finished = asyncio.Event()

    def finish(self, state: dict[str, Any], app: ASGIApp | None = None) -> None:
        """Let the requests through.

        Args:
            state: the lifespan's (ASGI lifespan spec 2.0); each request gets a copy.
            app: handles the requests instead, if the original app did not start.
        """
        self._state, self._app = state, app or self._app
        self._finished.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, once the app has started."""
        if scope["type"] != "lifespan":
            await self._finished.wait()
            scope = {**scope, "state": self._state.copy()}
        await self._app(scope, receive, send)
