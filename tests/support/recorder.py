"""An app with a lifespan that a test controls."""

from __future__ import annotations

import asyncio

from jupyterlite_asgi.types import Receive, Scope, Send

from .apps import says


class Recorder:
    """An app with a lifespan that records what happens, in order."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log
        self.starting = asyncio.Event()
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.fails_to_stop = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.log.append(f"{self.name} answers")
            await says(self.name)(scope, receive, send)
            return
        await receive()
        self.log.append(f"{self.name} starts")
        self.starting.set()
        await self.may_start.wait()
        self.log.append(f"{self.name} is ready")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.log.append(f"{self.name} stops")
        if self.fails_to_stop:
            raise ValueError("disk is full")
        await send({"type": "lifespan.shutdown.complete"})
