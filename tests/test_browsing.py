"""Cookies between an app and its jar, where no browser carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.browsing import with_cookies
from jupyterlite_asgi.cookies import Jar
from jupyterlite_asgi.types import HeaderPairs, Receive, Scope, Send

if TYPE_CHECKING:
    from .conftest import Exchange

#: Where the fixture `exchange` mounts its apps.
ROOT = "/demo/asgi/app"


async def counter(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the cookies that came, and set one more."""
    headers = dict(scope["headers"])
    came = headers.get(b"cookie", b"")
    new = b"c%d=%d" % (came.count(b"="), came.count(b"="))
    sets = [(b"Set-Cookie", new + b"; Path=/"), (b"set-cookie", b"x=; Max-Age=0"), (b"x-a", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": sets})
    await send({"type": "http.response.body", "body": came})


def test_what_an_app_sets_comes_back_with_the_next_request(exchange: Exchange) -> None:
    app = with_cookies(counter, Jar(ROOT))
    assert [exchange(app).text for _ in range(3)] == ["", "c0=0", "c0=0; c1=1"]


def test_set_cookie_goes_no_further_and_all_else_does(exchange: Exchange) -> None:
    answer = exchange(with_cookies(counter, Jar(ROOT)))
    assert answer.headers == {b"x-a": b"1"}


def test_two_apps_do_not_see_each_others(exchange: Exchange) -> None:
    exchange(with_cookies(counter, Jar(ROOT)))
    assert exchange(with_cookies(counter, Jar(ROOT))).text == ""


@pytest.mark.parametrize(
    ("headers", "method", "came"),
    [
        ([], "POST", "n=1; l=1; s=1"),
        ([(b"sec-fetch-site", b"same-site")], "POST", "n=1; l=1; s=1"),
        ([(b"sec-fetch-site", b"cross-site")], "GET", "n=1"),
        (
            [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-dest", b"document")],
            "GET",
            "n=1; l=1",
        ),
        ([(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-dest", b"document")], "POST", "n=1"),
    ],
)
def test_another_site_gets_what_same_site_allows(
    headers: HeaderPairs, method: str, came: str, exchange: Exchange
) -> None:
    jar = Jar(ROOT)
    for line in (b"n=1; SameSite=None; Secure", b"l=1; SameSite=Lax", b"s=1; SameSite=Strict"):
        jar.set(f"https://example.org{ROOT}/", line)
    assert exchange(with_cookies(counter, jar), method=method, headers=headers).text == came


def test_headers_that_are_not_bytes_are_refused_as_ever(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [("set-cookie", "a=1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    assert (
        "Expected header names and values as bytes" in exchange(with_cookies(app, Jar(ROOT))).text
    )
