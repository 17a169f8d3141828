"""A host within the tests' process: whoever holds it calls its apps, and no URL reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.types import ASGIApp


class MemoryEndpoint:
    """A name, and the app that was mounted last.

    Args:
        url: where it would answer, with a slash at its end.
        close: called when the name is free.
    """

    #: As ``Host.mount`` has them.
    app: ASGIApp
    options: Options
    on_loss: Callable[[], None]

    def __init__(self, url: str, close: Callable[[MemoryEndpoint], object]) -> None:
        self.url = url
        self._close = close

    async def close(self) -> None:
        """Free the name; a second call does nothing."""
        await asyncio.sleep(0)  # as every host takes a moment
        self._close(self)


class MemoryHost:
    """Holds apps by name.

    Args:
        base_url: what URLs begin with, with a slash at its end.
    """

    def __init__(self, base_url: str = "http://localhost/") -> None:
        self.endpoints: dict[str, MemoryEndpoint] = {}
        self.base_url = base_url

    async def check(self) -> None:
        """Apps can always be reached here."""

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> MemoryEndpoint | None:
        """See ``Host.mount``; no other process can hold a name."""

        def close(closed: MemoryEndpoint) -> None:
            if self.endpoints.get(name) is closed:
                del self.endpoints[name]

        if name not in self.endpoints:
            self.endpoints[name] = MemoryEndpoint(f"{self.base_url}{name}/", close)
        endpoint = self.endpoints[name]
        endpoint.app, endpoint.options, endpoint.on_loss = app, options, on_loss
        return endpoint
