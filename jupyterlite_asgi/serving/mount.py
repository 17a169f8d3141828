"""A name that apps are served under, and what survives when one app replaces another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ServeError

if TYPE_CHECKING:
    from ..client import Client
    from ..hosts.base import Endpoint
    from ..types import ASGIApp
    from .runner import Runner, State


class Mount:
    """A served name: its endpoint, its client and the current app.

    Args:
        name: the app's part of the URL.
    """

    #: The current app.
    runner: Runner

    def __init__(self, name: str) -> None:
        self.name = name
        self.endpoint: Endpoint | None = None
        self._client: Client | None = None

    @property
    def url(self) -> str:
        """The app's URL, with a trailing slash."""
        assert self.endpoint is not None, "mounts are only used once a host has mounted them"
        return self.endpoint.url

    @property
    def state(self) -> State:
        """The state of the current app."""
        return self.runner.state

    @property
    def app(self) -> ASGIApp:
        """The current app, wrapped in middleware."""
        return self.runner.app

    @property
    def client(self) -> Client:
        """An httpx client for the current app; a new one if the last was closed.

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
                    "`server.client` needs httpx: run `%pip install httpx`, then try again."
                ) from None
            self._client = make_client(self)
        return self._client
