"""An app whose requests and lifespan a test controls."""

from __future__ import annotations

import asyncio

from jupyterlite_asgi.types import Receive, Scope, Send

from .connection import START


class Shop:
    """An app whose startup and responses the test controls, and which records what happens."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.starting, self.may_start = asyncio.Event(), asyncio.Event()
        self.reached, self.disconnected = asyncio.Event(), asyncio.Event()
        self.may_start.set()
        self.stopped = asyncio.Event()
        self.fails_to_stop = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.run_lifespan if scope["type"] == "lifespan" else self.answer)(receive, send)

    async def run_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.starting.set()
        await self.may_start.wait()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.log.append("stops")
        self.stopped.set()
        if self.fails_to_stop:
            raise ValueError("disk is full")
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, receive: Receive, send: Send) -> None:
        await receive()
        self.reached.set()
        self.log.append(str((await receive())["type"]))
        self.disconnected.set()
        await send(START)
        await send({"type": "http.response.body", "body": b"sold out"})
