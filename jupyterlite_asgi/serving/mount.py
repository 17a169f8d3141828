"""A name under which an app is served, and what stays when another app takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ServeError

if TYPE_CHECKING:
    from ..client import Client
    from ..hosts.base import Endpoint
    from ..types import ASGIApp
    from .runner import Runner, State


class Mount:
    """A served name: its endpoint and its client, and the app that answers now.

    Args:
        name: the app's part of the URL.
    """

    #: The app that answers now.
    runner: Runner

    def __init__(self, name: str) -> None:
        self.name = name
        self.endpoint: Endpoint | None = None
        self._client: Client | None = None

    @property
    def url(self) -> str:
        """Where the app answers, with a slash at its end."""
        assert self.endpoint is not None, "nobody has a mount that a host has not"
        return self.endpoint.url

    @property
    def state(self) -> State:
        """The state of the app that answers now."""
        return self.runner.state

    @property
    def app(self) -> ASGIApp:
        """The app that answers now, as a host calls it."""
        return self.runner.app

    @property
    def client(self) -> Client:
        """An httpx client for the app that answers now; a new one if the last was closed.

        Raises:
            ServeError: httpx is not installed.
        """
        if self._client is None or self._client.is_closed:
            try:
                from ..client import make_client
            except ModuleNotFoundError as error:
                if error.name not in ("httpx", "httpx2"):
                    raise
                raise ServeError(
                    "`server.client` needs httpx: run `%pip install httpx`, then this again."
                ) from None
            self._client = make_client(self)
        return self._client
