"""What the kernel's own client asks: a served name, also when one server replaces another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ServeError

if TYPE_CHECKING:
    from .client import Client
    from .server import Server


class Seat:
    """Who answers under a name, and the client that asks there.

    Args:
        server: who begins.
    """

    def __init__(self, server: Server) -> None:
        #: Who answers now.
        self.server = server
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client; a new one where there is none yet, or where it was closed.

        Raises:
            ServeError: httpx is not installed.
        """
        if self._client is None or self._client.is_closed:
            try:
                from .client import make_client
            except ModuleNotFoundError as error:
                if error.name not in ("httpx", "httpx2"):
                    raise
                raise ServeError(
                    "`server.client` needs httpx: run `%pip install httpx`, then this again."
                ) from None
            self._client = make_client(self)
        return self._client
