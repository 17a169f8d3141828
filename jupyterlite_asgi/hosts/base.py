"""The interface of a host, which makes ASGI apps reachable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..serve_options import Options
from ..types import ASGIApp


class Endpoint(Protocol):
    """A name that this process holds on a host."""

    @property
    def url(self) -> str:
        """The app's URL, with a trailing slash."""

    async def close(self) -> None:
        """Stop listening and free the name."""


class Host(Protocol):
    """A place where apps can be reached by URL."""

    async def check(self) -> None:
        """Check that apps are reachable here.

        Raises:
            ServeError: they are not; the message says what to do.
        """

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> Endpoint | None:
        """Pass requests for ``name`` to ``app``; return None if another process holds the name.

        If this host already holds the name, its endpoint stays, and requests now go to ``app``.
        If the wait for a new endpoint is cancelled, the name is free again.

        Args:
            name: the app's part of the URL.
            app: receives ``http`` and ``websocket`` scopes, but no lifespan.
            options: hosts use ``timeout``, which clients need to know; ``inject``; and
                ``replace``, which takes the name from the process that holds it.
            on_loss: called when another process has taken the name.
        """
