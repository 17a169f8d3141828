"""What serving needs of a host, which makes an ASGI app reachable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..serving.options import Options
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
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> Endpoint | None:
        """Pass the requests for ``name`` to ``app``; None if another process holds the name.

        A name that this host holds already is mounted anew: the endpoint stays the same, and the
        next request goes to ``app``.

        Args:
            name: the app's part of the URL.
            app: gets ``http`` and ``websocket`` scopes, but no lifespan.
            options: of these, hosts read ``timeout``, for clients to know; ``inject``; and
                ``replace``, which takes the name from the process that holds it.
            on_loss: called when another process has taken the name.
        """
