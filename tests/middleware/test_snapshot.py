from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote

import pytest

from jupyterlite_asgi.hosts.browser.cookies import with_cookies
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.hosts.browser.protocol import COOKIES_HEADER
from jupyterlite_asgi.types import HeaderPairs, Message, Receive, Scope, Send

from ..support.app_call import START, AppCall, body, http, websocket

NAVIGATION: HeaderPairs = [(b"sec-fetch-mode", b"navigate")]
WRITE = {"id": "1", "url": "https://example.org/asgi/app/", "line": "a=1"}


@pytest.fixture
def jar() -> Jar:
    return Jar("/asgi/app")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    assert COOKIES_HEADER not in dict(scope["headers"])
    await send(START)
    await send(body())


def script(value: object) -> HeaderPairs:
    """The headers that the page script sends."""
    return [(COOKIES_HEADER, quote(json.dumps(value)).encode())]


async def snapshot(jar: Jar, headers: HeaderPairs, *, inject: bool = True) -> Any:
    """The snapshot in the response, or None."""
    call = AppCall(with_cookies(app, jar, inject=inject), http(headers=headers))
    start, rest = await call.all()
    assert rest == body()
    value = dict(start["headers"]).get(COOKIES_HEADER)
    return None if value is None else json.loads(unquote(value.decode()))


async def test_page_gets_a_snapshot(jar: Jar) -> None:
    assert (await snapshot(jar, NAVIGATION))["changes"] == jar.changes
    assert await snapshot(jar, NAVIGATION, inject=False) is None


async def test_script_gets_a_snapshot_only_if_something_changed(jar: Jar) -> None:
    changes = jar.changes
    assert await snapshot(jar, script({"known": changes, "writes": []})) is None
    news = await snapshot(jar, script({"known": changes, "writes": [WRITE]}))
    assert [cookie["name"] for cookie in news["cookies"]] == ["a"]
    assert jar.changes > changes


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"known": 0},
        {"known": "x", "writes": []},
        {"known": 10**400, "writes": []},
        {"known": 0, "writes": [1]},
        {"known": 0, "writes": 1},
    ],
)
async def test_malformed_header_is_ignored(value: object, jar: Jar) -> None:
    assert await snapshot(jar, script(value)) is None
    assert await snapshot(jar, [(COOKIES_HEADER, b"%ff\xff")]) is None


async def test_websocket_gets_no_snapshot(jar: Jar) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(accept)

    accept: Message = {"type": "websocket.accept", "headers": []}
    assert await AppCall(with_cookies(app, jar), websocket()).all() == [accept]


async def test_only_the_response_start_is_changed(jar: Jar) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == message
        await send(message)

    message: Message = {"type": "http.request", "body": b"", "more_body": False}
    call = AppCall(with_cookies(app, jar), http(headers=NAVIGATION), message)
    assert await call.all() == [message]
