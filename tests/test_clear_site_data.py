"""``Clear-Site-Data``: which header clears what of an app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.clear_site_data import cleared_types
from jupyterlite_asgi.hosts.browser.cookies import with_cookies
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.types import HeaderPairs, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

#: Where the fixture `exchange` mounts its apps.
ROOT = "/demo/asgi/app"


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ([], ""),
        ([b'"cookies"'], "cookies"),
        ([b'"storage"'], "storage"),
        ([b'"cookies", "storage"'], "cookies storage"),
        ([b'"cache"', b'"cookies"'], "cookies"),
        ([b' "new" ,"cookies"'], "cookies"),
        ([b'"*"'], "cookies storage"),
        ([b'"cache"'], ""),
        ([b'"executionContexts"'], ""),
        ([b"cookies"], ""),
        ([b"*"], ""),
        ([b'"COOKIES"'], ""),
        ([b'"cookies";a=1'], ""),
        ([b"\xff,"], ""),
    ],
)
def test_types_that_a_header_names(values: list[bytes], types: str) -> None:
    headers: HeaderPairs = [(b"x-other", b'"*"')]
    headers += [(b"Clear-Site-Data", value) for value in values]
    assert cleared_types(headers) == set(types.split())


@pytest.mark.parametrize(
    ("value", "kept", "cleared"),
    [
        (b'"cookies"', b"", False),
        (b'"storage"', b"old=1; new=1", True),
        (b'"*"', b"", True),
        (b"*", b"old=1; new=1", False),
    ],
)
def test_response_clears_cookies_and_storage(
    value: bytes, kept: bytes, cleared: bool, exchange: Exchange
) -> None:
    async def logout(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"clear-site-data", value), (b"set-cookie", b"new=1; Path=/")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    jar = Jar(ROOT)
    here = f"https://example.org{ROOT}/"
    jar.set(here, b"old=1; HttpOnly")
    told: list[int] = []
    jar.on_change = lambda: told.append(jar.changes)
    answer = exchange(with_cookies(logout, jar))
    # Scripts may read it; browsers do not obey it in the response of a service worker.
    assert answer.headers == {b"clear-site-data": value}
    assert jar.header(here) == kept
    assert (json.loads(unquote(jar.snapshot()))["cleared"] is not None) == cleared
    assert len(told) == (value != b'"cookies"')  # of which scripts saw no cookie
