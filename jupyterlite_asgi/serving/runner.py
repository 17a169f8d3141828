"""An app, from startup to shutdown, wrapped in middleware."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import Literal

from ..errors import LifespanFailed
from ..serve_options import Options
from ..types import ASGIApp, Receive, Scope, Send
from .events import Listener, RequestFinished
from .lifespan import Lifespan
from .middleware.capture import AppLog, capture
from .middleware.conformance import check
from .middleware.errors import answer_errors
from .middleware.limits import Limits
from .middleware.requests import Requests
from .middleware.startup import Startup
from .middleware.timeout import Wait, limit_time

State = Literal["starting", "running", "failed", "replaced", "stopped", "taken"]

#: How many finished requests to keep.
KEPT = 1000


class Runner:
    """Runs the user's app under a name.

    ``options`` have its limits. ``listener`` gets each request that has finished.
    """

    def __init__(self, app: ASGIApp, name: str, options: Options, listener: Listener) -> None:
        self.state: State = "starting"
        self.timeout = options.timeout
        self.log = AppLog()
        self.finished: deque[RequestFinished] = deque(maxlen=KEPT)
        self._lifespan = Lifespan(app, options.startup_timeout)
        self._startup = Startup(self._wrap(app))
        limits = Limits(self._startup, options, self.log.write)
        # No part refers to the whole: cells may be run often, and cycles live until they are found.
        find_wait = partial(_find_wait, self._lifespan, limits)
        timed = limit_time(limits, options.timeout, find_wait, self.log.write)
        self._requests = Requests(timed, name, partial(_note, self.finished, listener))
        #: The app, wrapped in middleware.
        self.app: ASGIApp = self._requests

    async def start_up(self) -> None:
        """Run the lifespan's startup, then let requests through.

        Raises:
            ServeError: the app did not start in time, or was interrupted.
            Exception: the app failed to start.
        """
        try:
            await self._lifespan.startup()
        except LifespanFailed as failed:
            raise (failed.__cause__ or failed) from None
        self.state = "running"
        self._startup.finish(self._lifespan.state)

    def fail(self, error: BaseException) -> None:
        """Respond to every request with ``error``, because of which the app did not start."""
        self.state = "failed"
        self._startup.finish({}, self._wrap(_raiser(error)))

    async def drain(self, state: State) -> None:
        """End the requests in flight: at once, if the wait for them is cancelled."""
        self.state = state
        await asyncio.sleep(0)  # lets requests that have just arrived count as in flight
        await self._requests.drain()

    async def shut_down(self) -> None:
        """End the lifespan.

        Raises:
            Exception: the app raised this in its lifespan's shutdown.
        """
        await self._lifespan.shutdown()

    def _wrap(self, app: ASGIApp) -> ASGIApp:
        return answer_errors(check(capture(app, self.log)), self.log.write)


def _find_wait(lifespan: Lifespan, limits: Limits, task: asyncio.Task[None]) -> Wait | None:
    """Return what keeps the request of ``task`` from the app, if anything does."""
    if place := lifespan.place():
        return Wait(f"for the app's startup at {place}", "make the app start faster")
    if limits.is_waiting(task):
        return Wait("for its turn", "let more requests run at once with --limit-concurrency")
    return None


def _note(finished: deque[RequestFinished], listener: Listener, request: RequestFinished) -> None:
    finished.append(request)
    listener(request)


def _raiser(error: BaseException) -> ASGIApp:
    """Return an app that raises ``error`` for every request."""
    trace = error.__traceback__

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error.with_traceback(trace)  # or the traceback would grow with every request

    return app
