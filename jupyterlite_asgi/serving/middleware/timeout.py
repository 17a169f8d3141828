"""Limits the time to the first byte of a response: then sends 504 and cancels the task.

Code that does not return to the loop is cancelled where it runs, if the host can do that. The user
can interrupt a request until then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from types import FrameType
from typing import NamedTuple

from ... import preemption, suspension
from ...errors import ClientDisconnected
from ...types import ASGIApp, Message, Receive, Scope, Send
from .. import error_pages
from ..places import awaited_place, place_of


class Wait(NamedTuple):
    """What a request waits for, such as ``for its turn``, and what to do if that takes too long."""

    reason: str
    remedy: str = error_pages.FASTER


FindWait = Callable[[asyncio.Task[None]], Wait | None]


def limit_time(
    app: ASGIApp,
    seconds: float,
    find_wait: FindWait = lambda task: None,
    report: Callable[[str], object] = lambda sentence: None,
) -> ASGIApp:
    """Middleware that cancels a request if the app has sent nothing after ``seconds``.

    A WebSocket that is neither accepted nor refused by then is closed with code 1013.

    Args:
        find_wait: returns what the request of a task waits for before the app gets it, if anything.
        report: gets a sentence for the app's author.
    """
    deadlines = Deadlines(seconds)

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        else:
            attempt = _Attempt(scope, send, seconds, find_wait, report)
            await attempt.run(app, receive, deadlines)

    return limited


class _Attempt(preemption.Work):
    """One request and its deadline."""

    def __init__(
        self,
        scope: Scope,
        send: Send,
        seconds: float,
        find_wait: FindWait,
        report: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._find_wait, self._report = find_wait, report
        self._scope, self._send, self._seconds = scope, send, seconds
        self._task = asyncio.current_task()
        self._due = asyncio.get_running_loop().time() + seconds
        self._begun = False  # the response has begun, so there is no deadline any more
        self._answer: asyncio.Task[None] | None = None  # in place of the app's

    @property
    def title(self) -> str:  # type: ignore[override]
        """See ``Work``."""
        path = self._scope["path"].removeprefix(self._scope["root_path"])
        return f"{self._scope.get('method', 'WebSocket')} {path}"

    async def run(self, app: ASGIApp, receive: Receive, deadlines: Deadlines) -> None:
        deadlines.set(self, self.cancel)
        preemption.allow(self)
        try:
            with preemption.part_of(self):
                await app(self._scope, receive, self._send_in_time)
        except (asyncio.CancelledError, Exception):
            if self._answer is None:
                raise  # otherwise the client has got its error page
        finally:
            self._begin()
            deadlines.discard(self)
        if self._answer is not None:
            await self._answer

    def cancel(self) -> None:
        """See ``Work``; also called at the deadline."""
        assert self._task is not None
        if not self._begun:
            wait = self._find_wait(self._task)
            if wait is None:
                place = awaited_place(self._task)
                wait = Wait(f"at {place}" if place else "")
            self._answer_with(wait.reason and f"waited {wait.reason}", wait.remedy)
            suspension.cancel(self._task)

    def preempt(self, frame: FrameType) -> BaseException | None:
        """See ``Work``."""
        self._answer_with(f"ran {place_of(frame)}")
        return super().preempt(frame)

    async def _send_in_time(self, message: Message) -> None:
        if self._answer is not None:
            reason = "was interrupted" if self.interruptions else "has timed out"
            raise ClientDisconnected(f"This request {reason}; nothing more can be sent.")
        if not self._begun:
            self._begin()
        await self._send(message)

    def _begin(self) -> None:
        """Note that the response has begun, or that none will."""
        self._begun = True
        self._due = None
        preemption.forbid(self)

    def _answer_with(self, doing: str, remedy: str = error_pages.FASTER) -> None:
        """Send an error page, in a new task, because the app may ignore its cancellation."""
        if not self._begun and self._answer is None:
            self._answer = asyncio.get_running_loop().create_task(self._send_page(doing, remedy))

    async def _send_page(self, doing: str, remedy: str) -> None:
        with contextlib.suppress(ClientDisconnected):
            if self._scope["type"] == "websocket":
                await self._send({"type": "websocket.close", "code": 1013})
                return
            if self.interruptions:
                page = error_pages.interrupted(self._scope, doing)
            else:
                page = error_pages.late(self._scope, self._seconds, doing, remedy)
            self._report(f"{page.sentence}\n")
            await error_pages.send(self._send, page)


class Deadlines:
    """Calls back when a deadline passes, ``seconds`` after it was set.

    One timer serves all deadlines, because Pyodide's loop keeps a cancelled timer, and all that it
    references, until it would have been due.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}  # earliest first
        self._waiting = False

    def set(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Call ``callback`` after ``seconds``, unless ``key`` is discarded."""
        self._due.pop(key, None)
        self._due[key] = (asyncio.get_running_loop().time() + self._seconds, callback)
        self._wait(self._seconds)

    def discard(self, key: Hashable) -> None:
        """Cancel the deadline of ``key``."""
        self._due.pop(key, None)

    def _wait(self, seconds: float) -> None:
        if not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(seconds, self._check)

    def _check(self) -> None:
        self._waiting = False
        now = asyncio.get_running_loop().time()
        while self._due:
            key, (due, callback) = next(iter(self._due.items()))
            if due > now:
                self._wait(due - now)
                return
            del self._due[key]
            callback()
