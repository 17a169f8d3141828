"""A name that apps are served under, and what survives when one app replaces another."""

from __future__ import annotations

from typing import Any

from ..hosts.base import Endpoint
from .runner import Runner


class Mount:
    """A served name: its endpoint, its client and the current app."""

    #: Runs the current app.
    runner: Runner

    def __init__(self, name: str) -> None:
        self.name = name
        self.endpoint: Endpoint | None = None
        #: See ``client.client_of``; the type is httpx's, which may not be installed.
        self.client: Any = None

    @property
    def url(self) -> str:
        """The app's URL, with a trailing slash."""
        assert self.endpoint is not None, "mounts are only used once a host has mounted them"
        return self.endpoint.url
