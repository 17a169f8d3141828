"""Serves apps that compare whole paths, and so know no URL below their prefix."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ...patches.root_path import path_below, raw_path_below
from ...types import ASGIApp, Message, Receive, Scope, Send

#: Seconds that the app has to respond to a request that tries whether it knows its prefix.
PATIENCE = 10.0

_SUGGESTION = (
    "The app answers 404 to its first page because it compares whole paths, which begin with {} "
    "here: serve it with --strip-prefix."
)


def without_prefix(app: ASGIApp) -> ASGIApp:
    """Middleware that sends ``app`` paths as if it were at the root of its origin."""

    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        await app(_strip(scope) if "path" in scope else scope, receive, send)

    return stripped


def suggest_stripping(app: ASGIApp, suggest: Callable[[str], object]) -> ASGIApp:
    """Middleware that calls ``suggest`` with a sentence if ``app`` compares whole paths.

    If the first response to a GET of the app's root is 404, the same request is made once more
    without the prefix. Only if that succeeds is the prefix the reason.
    """
    tasks: set[asyncio.Task[None]] = set()  # loops only hold weak references
    known = False

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_watched(message: Message) -> None:
            nonlocal known
            if message["type"] == "http.response.start" and not known:
                known = True
                if message["status"] == 404:
                    task = asyncio.get_running_loop().create_task(_try(app, scope, suggest))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            await send(message)

        asks = not known and scope["type"] == "http" and scope["method"] == "GET"
        if asks and scope["root_path"] and path_below(scope["path"], scope["root_path"]) == "/":
            await app(scope, receive, send_watched)
        else:
            await app(scope, receive, send)

    return watched


async def _try(app: ASGIApp, scope: Scope, suggest: Callable[[str], object]) -> None:
    loop = asyncio.get_running_loop()
    status: asyncio.Future[int] = loop.create_future()
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await loop.create_future()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and not status.done():
            status.set_result(message["status"])

    async def call() -> None:
        await app(_strip(scope), receive, send)

    task = loop.create_task(call())
    task.add_done_callback(lambda task: task.cancelled() or task.exception())  # not of interest
    either: list[asyncio.Future[Any]] = [task, status]
    await asyncio.wait(either, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    if status.done() and status.result() < 400:
        suggest(_SUGGESTION.format(scope["root_path"]))


def _strip(scope: Scope) -> Scope:
    root = scope["root_path"]
    path, raw_path = path_below(scope["path"], root), raw_path_below(scope["raw_path"], root)
    return {**scope, "path": path, "raw_path": raw_path, "root_path": ""}
