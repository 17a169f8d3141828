"""Cookies between an app and its jar, and the snapshots of them that pages get."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest

from jupyterlite_asgi.hosts.browser.cookies import with_cookies
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.hosts.browser.protocol import COOKIES_HEADER
from jupyterlite_asgi.types import HeaderPairs, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Answer, Exchange

#: Where the fixture `exchange` mounts its apps.
ROOT = "/demo/asgi/app"

NAVIGATION = (b"sec-fetch-mode", b"navigate")
REFERER = (b"referer", b"https://example.org/demo/lab/index.html")


async def counter(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the cookies received, and set one more."""
    headers = dict(scope["headers"])
    received = headers.get(b"cookie", b"")
    new = b"c%d=%d" % (received.count(b"="), received.count(b"="))
    sets = [(b"Set-Cookie", new + b"; Path=/"), (b"set-cookie", b"x=; Max-Age=0"), (b"x-a", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": sets})
    await send({"type": "http.response.body", "body": received})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the cookies received."""
    received = dict(scope["headers"]).get(b"cookie", b"")
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": received})


def test_cookie_that_an_app_sets_is_sent_with_the_next_request(exchange: Exchange) -> None:
    app = with_cookies(counter, Jar(ROOT))
    assert [exchange(app).text for _ in range(3)] == ["", "c0=0", "c0=0; c1=1"]


def test_set_cookie_is_removed_and_other_headers_are_kept(exchange: Exchange) -> None:
    answer = exchange(with_cookies(counter, Jar(ROOT)))
    assert answer.headers == {b"x-a": b"1"}


def test_apps_do_not_see_each_others_cookies(exchange: Exchange) -> None:
    exchange(with_cookies(counter, Jar(ROOT)))
    assert exchange(with_cookies(counter, Jar(ROOT))).text == ""


@pytest.mark.parametrize(
    ("headers", "method", "received"),
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
        # Without a referrer only a typed address is known not to come from another site.
        ([NAVIGATION, (b"sec-fetch-dest", b"document")], "GET", "n=1; l=1; s=1"),
        ([NAVIGATION, (b"sec-fetch-dest", b"document")], "POST", "n=1; l=1"),
        ([NAVIGATION, (b"sec-fetch-dest", b"iframe")], "GET", "n=1; l=1"),
        ([NAVIGATION, (b"sec-fetch-dest", b"iframe")], "POST", "n=1; l=1"),
        ([NAVIGATION, (b"sec-fetch-dest", b"iframe"), REFERER], "POST", "n=1; l=1; s=1"),
    ],
)
def test_request_of_another_site_carries_what_same_site_allows(
    headers: HeaderPairs, method: str, received: str, exchange: Exchange
) -> None:
    jar = Jar(ROOT)
    for line in (b"n=1; SameSite=None; Secure", b"l=1; SameSite=Lax", b"s=1; SameSite=Strict"):
        jar.set(f"https://example.org{ROOT}/", line)
    assert exchange(with_cookies(counter, jar), method=method, headers=headers).text == received


# The header between the page script and the kernel


def script_header(**fields: object) -> tuple[bytes, bytes]:
    """The header of the page script, with these fields."""
    return COOKIES_HEADER, quote(json.dumps(fields)).encode()


def news(answer: Answer) -> dict[str, Any]:
    """The snapshot that the page script reads from a response."""
    found: dict[str, Any] = json.loads(unquote(answer.headers[COOKIES_HEADER].decode()))
    return found


def test_every_page_gets_a_snapshot(exchange: Exchange) -> None:
    jar = Jar(ROOT)
    answer = exchange(with_cookies(counter, jar), headers=[NAVIGATION])
    visible = [vars(cookie) for cookie in jar.visible()]
    assert news(answer) == {
        "changes": jar.changes,
        "written": None,
        "cookies": visible,
        "cleared": None,
    }
    assert [cookie["name"] for cookie in news(answer)["cookies"]] == ["c0"]


def test_page_without_the_script_gets_no_snapshot(exchange: Exchange) -> None:
    app = with_cookies(counter, Jar(ROOT), inject=False)
    assert COOKIES_HEADER not in exchange(app, headers=[NAVIGATION]).headers


def test_script_gets_a_snapshot_only_if_something_changed(exchange: Exchange) -> None:
    jar = Jar(ROOT)
    app = with_cookies(echo, jar)
    jar.set("https://example.org/demo/asgi/app/", b"a=1")
    known = script_header(known=jar.changes, writes=[])
    older = script_header(known=jar.changes - 1, writes=[])
    assert COOKIES_HEADER not in exchange(app, headers=[known]).headers
    assert news(exchange(app, headers=[older]))["changes"] == jar.changes


def test_app_gets_cookies_that_a_script_wrote_before_the_request(exchange: Exchange) -> None:
    app = with_cookies(echo, Jar(ROOT))
    write = {
        "id": "1",
        "url": "https://example.org/demo/asgi/app/",
        "line": "a=ä; path=/",
        "sent": 2e12,
    }
    answer = exchange(app, headers=[script_header(known=0, writes=[write])])
    assert answer.text == "a=ä"
    assert [cookie["value"] for cookie in news(answer)["cookies"]] == ["ä"]


def test_many_cookies_of_a_request_and_its_response_cost_two_notifications(
    exchange: Exchange,
) -> None:
    async def generous(scope: Scope, receive: Receive, send: Send) -> None:
        lines = [(b"set-cookie", b"c%d=1; Path=/" % number) for number in range(500)]
        await send({"type": "http.response.start", "status": 200, "headers": lines})
        await send({"type": "http.response.body"})

    jar = Jar(ROOT)
    told: list[int] = []
    jar.on_change = lambda: told.append(jar.changes)
    page = f"https://example.org{ROOT}/"
    writes = [
        {"id": f"{n}", "url": page, "line": f"w{n}=1; path=/", "sent": 2e12} for n in range(180)
    ]
    before = jar.changes
    answer = exchange(
        with_cookies(generous, jar), headers=[script_header(known=before, writes=writes)]
    )
    assert told == [before + 1, before + 2]
    assert news(answer)["written"] == "179"
    assert [c["name"] for c in news(answer)["cookies"]] == [f"c{n}" for n in range(320, 500)]


def test_app_does_not_see_our_header(exchange: Exchange) -> None:
    async def names(scope: Scope, receive: Receive, send: Send) -> None:
        text = b" ".join(name for name, _ in scope["headers"])
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text})

    answer = exchange(with_cookies(names, Jar(ROOT)), headers=[script_header(known=0, writes=[])])
    assert answer.text == "host"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"1",
        b"[]",
        b"null",
        b"\xff",
        b"{",
        b"{}",
        script_header(known="x", writes=[])[1],
        script_header(known=0, writes=1)[1],
        script_header(known=0, writes=[1])[1],
        script_header(known=0, writes=[{"id": "1"}])[1],
        script_header(known=None, writes=[])[1],
        b"[" * 100_000,
    ],
)
def test_malformed_header_is_ignored(value: bytes, exchange: Exchange) -> None:
    answer = exchange(with_cookies(echo, Jar(ROOT)), headers=[(COOKIES_HEADER, value)])
    assert (answer.status, answer.headers) == (200, {})


@pytest.mark.parametrize("url", ["", "x", "https://[", "https://example.org:x/", "/asgi/app/"])
def test_malformed_page_url_is_ignored(url: str, exchange: Exchange) -> None:
    write = {"id": "1", "url": url, "line": "a=1", "sent": 2e12}
    answer = exchange(
        with_cookies(echo, Jar(ROOT)), headers=[script_header(known=0, writes=[write])]
    )
    assert answer.status == 200
