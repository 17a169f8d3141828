"""A served app: an ASGI object with a name, a lifespan and the requests that it is answering."""

from __future__ import annotations

import asyncio
import html
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .cycle import Cycle, http_scope
from .errors import LifespanFailed
from .lifespan import Lifespan

if TYPE_CHECKING:
    from .host import Comm, Deliver, Endpoint, Post
    from .protocol import Request
    from .types import ASGIApp, Receive, Scope, Send

#: Seconds that requests in flight get to end by themselves when their app is stopped.
GRACE = 2.0


class Server:
    """What ``serve()`` returns: the app's ``name``, ``url`` and ``state``, and ``stop()``."""

    def __init__(self, app: ASGIApp, name: str, base_url: str) -> None:
        #: The ASGI object as it was given.
        self.app = app
        #: The part of the URL that names this app.
        self.name = name
        #: Where the app answers, with a slash at its end.
        self.url = f"{base_url}asgi/{name}/"
        #: ``starting``, ``running``, ``failed``, ``replaced`` or ``stopped``.
        self.state = "starting"

        self._answering = app
        self._root_path = urlsplit(self.url).path.rstrip("/")
        self._lifespan = Lifespan(app)
        self._open = asyncio.Event()
        self._cycles: dict[asyncio.Task[None], Cycle] = {}

        # The registry's: handed from a server to the one that replaces it.
        self.endpoint: Endpoint | None = None
        self.comm: Comm | None = None

    async def stop(self) -> None:
        """Shut the app down and give its name free; a second call does nothing.

        Raises:
            Exception: what the app raised in its lifespan's shutdown. It is stopped all the same.
        """
        from .registry import stop

        await stop(self)

    def __repr__(self) -> str:
        return f"<Server {self.name!r} {self.state} {self.url}>"

    def _repr_html_(self) -> str:
        """A card with the app's name, link and state, as the notebook shows it."""
        url, name, path = (html.escape(x) for x in (self.url, self.name, f"{self._root_path}/"))
        return (
            '<div class="jp-asgi-Card">'
            f'<strong>{name}</strong> <a href="{url}" target="_blank" rel="noopener">{path}</a> '
            f'<span class="jp-asgi-Card-state" data-state="{self.state}">{self.state}</span></div>'
        )

    def accept(self, request: Request, post: Post) -> Deliver:
        """Begin a cycle for ``request``; return what takes its further messages.

        The cycle waits until the app has started.
        """
        cycle = Cycle(request, post)
        task = asyncio.get_running_loop().create_task(self._answer(cycle, request))
        self._cycles[task] = cycle
        task.add_done_callback(self._cycles.pop)
        return cycle.feed

    async def start_up(self) -> None:
        """Run the lifespan's start-up, then answer what has arrived meanwhile.

        Raises:
            Exception: what kept the app from starting. Its page says so, too.
        """
        try:
            await self._lifespan.startup()
        except LifespanFailed as failed:
            error = failed.__cause__ or failed
            self._answering, self.state = _raiser(error), "failed"
            raise error from None
        else:
            self.state = "running"
        finally:
            self._open.set()

    async def shut_down(self, state: str) -> None:
        """End the requests in flight, then the lifespan.

        Args:
            state: what the server is from now on, ``replaced`` or ``stopped``.

        Raises:
            Exception: what the app raised in its lifespan's shutdown.
        """
        self.state = state
        for task, cycle in self._cycles.items():
            cycle.disconnect()
            if cycle.started:
                task.cancel()
        await self._settle()
        for task in self._cycles:
            task.cancel()
        await self._settle()
        await self._lifespan.shutdown()

    async def _settle(self) -> None:
        if self._cycles:
            await asyncio.wait(list(self._cycles), timeout=GRACE)

    async def _answer(self, cycle: Cycle, request: Request) -> None:
        await self._open.wait()
        if time.time() * 1000 < request.expires:  # else its reader has been answered without us
            scope = http_scope(request, self._root_path, self._lifespan.state)
            await cycle.run(self._answering, scope)


def _raiser(error: BaseException) -> ASGIApp:
    """An app that answers every request with ``error``."""

    trace = error.__traceback__

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error.with_traceback(trace)  # which would grow with every request

    return app
