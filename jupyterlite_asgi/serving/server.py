"""The user's handle for a served app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..errors import ServeError
from .events import RequestFinished
from .middleware.capture import AppLog
from .mount import Mount
from .runner import Runner, State

if TYPE_CHECKING:
    from ..client import Client


class Server:
    """A served app, as ``serve()`` returns it."""

    def __init__(
        self, mount: Mount, runner: Runner, stop: Callable[[Server], Awaitable[None]]
    ) -> None:
        self._mount, self._runner, self._stop = mount, runner, stop

    @property
    def name(self) -> str:
        """The app's name in the URL."""
        return self._mount.name

    @property
    def url(self) -> str:
        """The app's URL, with a trailing slash."""
        return self._mount.url

    @property
    def state(self) -> State:
        """``starting``, ``running``, ``failed``, ``replaced``, ``stopped``, or ``taken``.

        ``replaced``: by another app in this notebook. ``taken``: by another notebook.
        """
        return self._runner.state

    @property
    def log(self) -> AppLog:
        """The last lines that the app's requests printed, logged and raised."""
        return self._runner.log

    @property
    def timeout(self) -> float:
        """Seconds to the first byte of a response."""
        return self._runner.timeout

    @property
    def requests(self) -> list[RequestFinished]:
        """The last 1000 requests that have finished, oldest first."""
        return list(self._runner.finished)

    @property
    def client(self) -> Client:
        """An httpx client for the app: ``await server.client.get("/items/3")``.

        URLs are relative to ``url``. To the app, requests look like a page's, except that the
        client has its own cookies. If the app is replaced, the client uses the new one.

        Raises:
            ServeError: httpx is not installed.
        """
        try:
            from ..client import client_of
        except ModuleNotFoundError as error:
            if error.name not in ("httpx", "httpx2"):
                raise
            raise ServeError(
                "`server.client` needs httpx: run `%pip install httpx`, then try again."
            ) from None
        return client_of(self._mount)

    async def stop(self) -> None:
        """Shut the app down and free its name.

        Does nothing if this app has ended: if it was stopped, or another app has its name now
        (see ``state``), which continues. A call during the startup waits for that.

        Raises:
            Exception: the app raised this in its lifespan's shutdown, but is stopped anyway.
        """
        await self._stop(self)

    def __repr__(self) -> str:
        return f"<Server {self.name!r} {self.state} {self.url}>"
