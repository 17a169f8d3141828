"""What serving needs of a host, which makes an ASGI app reachable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..types import ASGIApp


class Endpoint(Protocol):
    """A name that this process holds on a host."""

    @property
    def url(self) -> str:
        """Where the app answers, with a slash at its end."""

    async def close(self) -> None:
        """Stop listening and free the name."""


class Host(Protocol):
    """A place where apps can be reached by URL."""

    async def check(self) -> None:
        """Return if apps can be reached here.

        Raises:
            ServeError: they cannot; the message says what to do.
        """

    async def mount(
        self,
        name: str,
        app: ASGIApp,
        *,
        timeout: float,
        inject: bool = True,
        steal: bool = False,
        on_loss: Callable[[], None],
    ) -> Endpoint | None:
        """Pass the requests for ``name`` to ``app``; None if another process holds the name.

        A name that this host holds already is mounted anew: the endpoint stays the same, and the
        next request goes to ``app``.

        Args:
            name: the app's part of the URL.
            app: gets ``http`` and ``websocket`` scopes, but no lifespan.
            timeout: seconds the app may take to its first byte, for clients to know.
            inject: whether HTML pages may get the host's script; for hosts that have one.
            steal: take the name from the process that holds it.
            on_loss: called when another process has taken the name.
        """
