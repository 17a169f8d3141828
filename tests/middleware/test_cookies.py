from __future__ import annotations

from functools import partial

import pytest

from jupyterlite_asgi.hosts.browser.cookies import with_cookies
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.types import HeaderPairs, Message, Receive, Scope, Send

from ..support.app_call import LIFESPAN, START, AppCall, http, passes_through, websocket

ACCEPT: Message = {"type": "websocket.accept"}


class Echo:
    """An app that records the cookies it receives, and sets one."""

    def __init__(self, start: Message) -> None:
        self.start = start
        self.cookies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.cookies += [value for name, value in scope["headers"] if name == b"cookie"]
        headers: HeaderPairs = [(b"Set-Cookie", b"a=1; Secure"), (b"etag", b"1")]
        await send({**self.start, "headers": headers})


@pytest.mark.parametrize(
    ("scope", "start"), [(http(), START), (websocket(), ACCEPT)], ids=["http", "websocket"]
)
async def test_cookie_set_by_a_response_is_sent_with_the_next_request(
    scope: Scope, start: Message
) -> None:
    app, jar = Echo(start), Jar("/asgi/app")
    for _ in range(2):
        sent = await AppCall(with_cookies(app, jar), scope).all()
        assert sent == [{**start, "headers": [(b"etag", b"1")]}]
    assert app.cookies == [b"a=1"]


async def test_other_messages_pass_through() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == message
        await send(message)

    message: Message = {"type": "http.response.body", "headers": [(b"set-cookie", b"a=1")]}
    assert await AppCall(with_cookies(app, Jar("/asgi/app")), http(), message).all() == [message]


async def test_lifespan_passes_through() -> None:
    assert await passes_through(LIFESPAN, partial(with_cookies, jar=Jar("/asgi/app")))
