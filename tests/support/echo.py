"""An app that records its requests, and a short way to send a response."""

from __future__ import annotations

import asyncio

from jupyterlite_asgi.types import Message, Receive, Scope, Send


async def answer(send: Send, body: bytes = b"", *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Echo:
    """An app that records the scope and the body of its last request."""

    def __init__(self, *headers: tuple[bytes, bytes]) -> None:
        self.headers = headers
        self.scope: Scope
        self.parts: list[bytes] = []
        self.answered = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        message: Message = {"more_body": True}
        self.scope, self.parts = scope, []
        while message["more_body"]:
            message = await receive()
            self.parts.append(message["body"])
        await answer(send, b"echo", *self.headers)
        self.answered.set()

    @property
    def seen(self) -> dict[bytes, bytes]:
        return dict(self.scope["headers"])
