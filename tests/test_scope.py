from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.types import HeaderPairs, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange

APP = "https://example.org/demo/asgi/app"


def scope_of(url: str, method: str = "GET", headers: HeaderPairs | None = None) -> Scope:
    return http_scope(method, url, headers or [], "/demo/asgi/app")


def test_scope_has_every_key_of_the_specification() -> None:
    assert scope_of(f"{APP}/items?q=a%20b") == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": "/demo/asgi/app/items",
        "raw_path": b"/demo/asgi/app/items",
        "query_string": b"q=a%20b",
        "root_path": "/demo/asgi/app",
        "headers": [(b"host", b"example.org")],
        "client": ("127.0.0.1", 0),
        "server": ("example.org", 443),
        "state": {},
        "extensions": {"http.response.pathsend": {}},
    }


def test_path_is_complete_and_decoded() -> None:
    scope = scope_of(f"{APP}/caf%C3%A9/a%2Fb%20c")
    assert scope["path"] == "/demo/asgi/app/café/a/b c"
    assert scope["raw_path"] == b"/demo/asgi/app/caf%C3%A9/a%2Fb%20c"


def test_path_that_is_not_utf8_does_not_raise() -> None:
    assert scope_of(f"{APP}/%FF")["raw_path"] == b"/demo/asgi/app/%FF"


def test_path_begins_with_root_path() -> None:
    url = "https://example.org/%C3%9Cbung%20eins/asgi/app/x"
    scope = http_scope("GET", url, [], "/%C3%9Cbung%20eins/asgi/app")
    assert scope["root_path"] == "/Übung eins/asgi/app"
    assert scope["path"] == scope["root_path"] + "/x"


def test_query_is_left_encoded() -> None:
    assert scope_of(f"{APP}/?a=%26&b=?/")["query_string"] == b"a=%26&b=?/"


@pytest.mark.parametrize(
    ("url", "scheme", "host", "server"),
    [
        ("http://localhost/x", "http", b"localhost", ("localhost", 80)),
        ("http://127.0.0.1:8000/x", "http", b"127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("https://example.org:8443/x", "https", b"example.org:8443", ("example.org", 8443)),
        ("http://[::1]:8000/x", "http", b"[::1]:8000", ("::1", 8000)),
    ],
)
def test_host_and_server_come_from_the_url(
    url: str, scheme: str, host: bytes, server: tuple[str, int]
) -> None:
    scope = scope_of(url)
    assert scope["scheme"] == scheme
    assert scope["headers"] == [(b"host", host)]
    assert scope["server"] == server


def test_header_names_are_lower_case_and_values_bytes(exchange: Exchange) -> None:
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    exchange(app, headers=[(b"X-Name", b"Jos\xe9"), (b"Accept", b"Text/HTML")])
    assert scopes[0]["headers"][1:] == [(b"x-name", b"Jos\xe9"), (b"accept", b"Text/HTML")]


@pytest.mark.parametrize(
    ("headers", "offered"),
    [
        ([], False),
        ([(b"te", b"gzip")], False),
        ([(b"trailer", b"trailers")], False),
        ([(b"te", b"trailers")], True),
        ([(b"te", b"gzip, Trailers")], True),
    ],
)
def test_trailers_are_offered_to_clients_that_accept_them(
    headers: HeaderPairs, offered: bool
) -> None:
    extensions = scope_of(APP, headers=headers)["extensions"]
    assert ("http.response.trailers" in extensions) == offered


def test_there_is_one_host_header() -> None:
    scope = scope_of(APP, headers=[(b"host", b"elsewhere")])
    assert scope["headers"] == [(b"host", b"example.org")]


def test_method_is_upper_case() -> None:
    assert scope_of(APP, "patch")["method"] == "PATCH"
