"""ASGI lifespan (spec 2.0), like uvicorn's ``auto`` mode."""

from __future__ import annotations

import asyncio
from types import FrameType
from typing import Any

from .. import preemption, suspension
from ..errors import LifespanFailed, ServeError
from ..serve_options import STARTUP_TIMEOUT
from ..types import ASGIApp, Message
from .places import awaited_place, place_of

#: Seconds that most apps take to start at most.
QUICK = 1.0

#: Seconds that an app has to shut down.
SHUTDOWN = 10.0

#: Seconds that an app has to raise an exception after it reported a failure.
CAUSE = 1.0


class Lifespan(preemption.Work):
    """Runs the lifespan protocol of one app, which has ``timeout`` seconds to start.

    An app that raises before it reports on its startup does not support the protocol, which is
    fine. An app that reports ``failed`` is not served.
    """

    title = "The app's lifespan"
    raises = True

    def __init__(self, app: ASGIApp, timeout: float = STARTUP_TIMEOUT) -> None:
        super().__init__()
        self.state: dict[str, Any] = {}
        self._app, self._timeout = app, timeout
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._started: asyncio.Future[None]
        self._stopped: asyncio.Future[None]

    async def startup(self) -> None:
        """Start the app; return when it is ready or does not support lifespans.

        Raises:
            LifespanFailed: the app reported ``lifespan.startup.failed``; the cause is the app's
                exception, if any.
            ServeError: the app was late, or interrupted.
        """
        loop = asyncio.get_running_loop()
        self._started, self._stopped = loop.create_future(), loop.create_future()
        self._inbox.put_nowait({"type": "lifespan.startup"})
        self._due = loop.time() + self._timeout
        self._task = loop.create_task(self._run(), name="jupyterlite-asgi lifespan")
        try:
            await self._wait_for_start()
            if not self._started.done():
                self._give_up(self.place())
                suspension.cancel(self._task)
            await self._started
        except LifespanFailed as failed:
            # Starlette reports the failure before it raises the exception, which has the traceback.
            await asyncio.wait([self._task], timeout=CAUSE)
            self._task.cancel()
            raise failed from self._failure
        finally:
            self._due = None

    async def _wait_for_start(self) -> None:
        assert self._task is not None
        with preemption.explain_interrupt(lambda: self._interruption(self.place())):
            try:
                # Pyodide's loop keeps a cancelled timer until it would have been due, and cells may
                # be run often.
                await asyncio.wait([self._started], timeout=min(QUICK, self._timeout))
                if not self._started.done():
                    await asyncio.wait([self._started], timeout=self._timeout - QUICK)
            except asyncio.CancelledError:
                suspension.cancel(self._task)
                raise

    def place(self) -> str:
        """Return where the startup waits, such as ``Cell In[3], line 7``; empty if it does not."""
        if self._task is None or self._started.done():
            return ""
        return awaited_place(self._task)

    def preempt(self, frame: FrameType) -> BaseException | None:
        """See ``Work``."""
        self._give_up(place_of(frame))
        return super().preempt(frame)

    def _give_up(self, place: str) -> None:
        """Let ``startup()`` raise an error, in place of what the app reports later."""
        if self._started.done():
            return
        error = self._interruption(place) if self.interruptions else self._lateness(place)
        self._started.set_exception(error)
        self._started.exception()  # it may never be awaited

    def _interruption(self, place: str) -> ServeError:
        where = f" while it was at {place}" if place else ""
        return ServeError(f"The app's startup was interrupted{where}: serve it again.")

    def _lateness(self, place: str) -> ServeError:
        where = f" and was still at {place}" if place else ""
        return ServeError(
            f"The app did not start within {self._timeout:g} seconds{where}: "
            "make its startup faster, or allow more time with --startup-timeout."
        )

    async def shutdown(self) -> None:
        """Shut the app down; return when it is done.

        Raises:
            LifespanFailed: the app reported ``lifespan.shutdown.failed``.
            Exception: the app raised this while it shut down, or since it started.
        """
        task, self._task = self._task, None
        if task is None:
            return
        if task.done():
            if self._stopped.done():
                self._stopped.result()  # raises what ended the lifespan after its startup
            return
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        try:
            await asyncio.wait_for(asyncio.shield(self._stopped), SHUTDOWN)
        except asyncio.TimeoutError:
            raise LifespanFailed(
                f"The app did not shut down within {SHUTDOWN:g} seconds."
            ) from None
        finally:
            # The app may continue after its last message: do not wait forever.
            task.cancel()
            await asyncio.wait([task], timeout=CAUSE)

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            with preemption.part_of(self):
                await self._app(scope, self._inbox.get, self._send)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._failure = error
        if not self._started.done():
            self._failure = None  # it does not support the protocol; the traceback refers to us
            self._started.set_result(None)
        elif not self._stopped.done():
            if self._failure is None:
                self._stopped.set_result(None)
            else:
                self._stopped.set_exception(self._failure)
                self._stopped.exception()  # it may never be awaited

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        expected = "lifespan.shutdown" if self._started.done() else "lifespan.startup"
        future = self._stopped if self._started.done() else self._started
        if kind == f"{expected}.complete":
            if not future.done():
                future.set_result(None)
        elif kind == f"{expected}.failed":
            if not future.done():
                future.set_exception(LifespanFailed(message.get("message") or f"{expected} failed"))
                future.exception()
        else:
            raise RuntimeError(
                f"Expected ASGI message '{expected}.complete' or '{expected}.failed', "
                f"but got {kind!r}."
            )
