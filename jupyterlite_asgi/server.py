"""A served app: an ASGI object with a name, a lifespan and the requests that it is answering."""

from __future__ import annotations

import asyncio
import html
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .browsing import with_cookies
from .cookies import Jar
from .cycle import Cycle, http_scope
from .deadlines import Deadlines
from .decoding import with_decoding
from .errors import LifespanFailed
from .lifespan import Lifespan
from .log import AppLog, belongs_to
from .protocol import Cancel, Cookies
from .seat import Seat

if TYPE_CHECKING:
    from .client import Client
    from .host import Comm, Deliver, Endpoint, Post
    from .protocol import CookieWrite, FromWorker, Request
    from .types import ASGIApp, Receive, Scope, Send

#: Seconds until an app has to send the first byte, unless it is served with another ``timeout``.
TIMEOUT = 60.0

#: Seconds that an app gets to notice that its reader has left, before its task is cancelled.
NOTICE = 1.0

#: Seconds that requests in flight get to end by themselves when their app is stopped.
GRACE = 2.0


class Server:
    """What ``serve()`` returns: the app's ``name``, ``url`` and ``state``, and ``stop()``."""

    def __init__(
        self,
        app: ASGIApp,
        name: str,
        base_url: str,
        timeout: float = TIMEOUT,
        jar: Jar | None = None,
        *,
        seat: Seat | None = None,
        inject: bool = True,
    ) -> None:
        #: The ASGI object as it was given.
        self.app = app
        #: The site's URL, with a slash at its end.
        self.base_url = base_url
        #: The part of the URL that names this app.
        self.name = name
        #: Where the app answers, with a slash at its end.
        self.url = f"{base_url}asgi/{name}/"
        #: What the app's requests print, log and raise; the last lines of it.
        self.log = AppLog()
        #: Seconds that a request may take to its first byte.
        self.timeout = timeout
        #: ``starting``, ``running``, ``failed``, ``replaced``, ``stopped``, or ``taken`` by another
        #: notebook.
        self.state = "starting"

        #: Whether the app's pages get the client script.
        self.inject = inject

        self._answering = app
        self._root_path = urlsplit(self.url).path.rstrip("/")
        #: What its responses have set; a server that replaces this one goes on with it.
        self.jar = jar or Jar(self._root_path)
        self.jar.on_change = self._tell_cookies
        self._lifespan = Lifespan(app)
        self._open = asyncio.Event()
        self._cycles: dict[asyncio.Task[None], Cycle] = {}
        self._deadlines = Deadlines(timeout)

        # The registry's; a server that replaces this one takes over the endpoint and the seat.
        self.endpoint: Endpoint | None = None
        self.seat = seat or Seat(self)
        self.seat.server = self
        self.comm: Comm | None = None

    @property
    def client(self) -> Client:
        """An httpx client of this kernel for the app: ``await server.client.get("/items/3")``.

        URLs count from ``url``. The app sees what it would of a page, but for cookies: the client
        has its own, and the browser's jar is not its. After the app was replaced the client asks
        the new one.

        Raises:
            ServeError: httpx is not installed.
        """
        return self.seat.client

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

    def accept(self, request: Request, post: Post, *, browser: bool = True) -> Deliver | None:
        """Begin a cycle for ``request``; return what takes its further messages.

        The cycle waits until the app has started. None for a request that was read too late: its
        reader has been answered, so it must not run.

        Args:
            request: what is asked.
            post: takes the messages of the answer.
            browser: whether a browser asks, of which we keep the cookies.
        """
        if time.time() - request.sent / 1000 > self.timeout:
            return None
        loop = asyncio.get_running_loop()
        cycle = Cycle(request, post)
        task = loop.create_task(self._answer(cycle, request, browser=browser))
        self._deadlines.set(task, lambda: self._expire(cycle, task))
        self._cycles[task] = cycle

        def done(task: asyncio.Task[None]) -> None:
            self._deadlines.discard(task)
            del self._cycles[task]

        def deliver(message: FromWorker) -> None:
            cycle.feed(message)
            if isinstance(message, Cancel):
                loop.call_later(NOTICE, task.cancel)

        task.add_done_callback(done)
        return deliver

    def write(self, write: CookieWrite) -> None:
        """Take a cookie that a script of a page has set."""
        self.jar.write(str(write.id), str(write.url), str(write.line))  # any page can send it

    async def start_up(self) -> None:
        """Run the lifespan's start-up, then answer what has arrived meanwhile.

        Raises:
            Exception: what kept the app from starting.
        """
        try:
            await self._lifespan.startup()
        except LifespanFailed as failed:
            raise (failed.__cause__ or failed) from None
        self.state = "running"
        self._open.set()

    def fail(self, error: BaseException) -> None:
        """Answer every request with ``error``, which kept the app from starting."""
        self._answering, self.state = _raiser(error), "failed"
        self._open.set()

    async def shut_down(self, state: str) -> None:
        """End the requests in flight, then the lifespan.

        Args:
            state: what the server is from now on.

        Raises:
            Exception: what the app raised in its lifespan's shutdown.
        """
        self.state = state
        for task, cycle in self._others():
            cycle.disconnect()
            if cycle.started:
                task.cancel()
        await self._settle()
        for task, _ in self._others():
            task.cancel()
        await self._settle()
        await self._lifespan.shutdown()

    async def _settle(self) -> None:
        tasks = [task for task, _ in self._others()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)

    def _others(self) -> list[tuple[asyncio.Task[None], Cycle]]:
        """The requests in flight, but for one that stops its own app."""
        current = asyncio.current_task()
        return [(task, cycle) for task, cycle in self._cycles.items() if task is not current]

    async def _answer(self, cycle: Cycle, request: Request, *, browser: bool) -> None:
        await self._open.wait()
        belongs_to(self.log)
        scope = http_scope(request, self._root_path, self._lifespan.state)
        app = self._answering
        if browser:
            app = with_cookies(with_decoding(app), self.jar, inject=self.inject)
        await cycle.run(app, scope)

    def _tell_cookies(self) -> None:
        if self.endpoint is not None:
            self.endpoint.tell(Cookies(self.jar.news()))

    def _expire(self, cycle: Cycle, task: asyncio.Task[None]) -> None:
        if not cycle.started:
            cycle.expire(self.timeout, task)


def _raiser(error: BaseException) -> ASGIApp:
    """An app that answers every request with ``error``."""

    trace = error.__traceback__

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error.with_traceback(trace)  # which would grow with every request

    return app
