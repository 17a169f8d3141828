"""The user's handle of a served app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client import Client
    from .events import RequestFinished
    from .middleware.capture import AppLog
    from .mount import Mount
    from .runner import Runner, State


class Server:
    """What ``serve()`` returns.

    Args:
        mount: the name under which the app is served.
        runner: the app.
        stop: stops it.
    """

    def __init__(
        self, mount: Mount, runner: Runner, stop: Callable[[Server], Awaitable[None]]
    ) -> None:
        self._mount, self._runner, self._stop = mount, runner, stop

    @property
    def name(self) -> str:
        """The part of the URL that names this app."""
        return self._mount.name

    @property
    def url(self) -> str:
        """Where the app answers, with a slash at its end."""
        return self._mount.url

    @property
    def state(self) -> State:
        """``starting``, ``running``, ``failed``, ``replaced``, ``stopped``, or ``taken``.

        ``replaced`` by another app under its name, ``taken`` by another notebook.
        """
        return self._runner.state

    @property
    def log(self) -> AppLog:
        """What the app's requests print, log and raise; the last lines of it."""
        return self._runner.log

    @property
    def timeout(self) -> float:
        """Seconds that a request may take to its first byte."""
        return self._runner.timeout

    @property
    def requests(self) -> list[RequestFinished]:
        """The requests that have finished, oldest first; the last thousand."""
        return list(self._runner.finished)

    @property
    def client(self) -> Client:
        """An httpx client of this kernel for the app: ``await server.client.get("/items/3")``.

        URLs are relative to ``url``. The app sees the requests as it sees a page's, except for
        cookies: the client has its own, not the browser's. After the app was replaced the client
        sends its requests to the new one.

        Raises:
            ServeError: httpx is not installed.
        """
        return self._mount.client

    async def stop(self) -> None:
        """Shut the app down and free its name; a second call does nothing.

        Raises:
            Exception: what the app raised in its lifespan's shutdown. It is stopped all the same.
        """
        await self._stop(self)

    def __repr__(self) -> str:
        return f"<Server {self.name!r} {self.state} {self.url}>"
