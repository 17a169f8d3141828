"""Challenges (RFC 9110, section 11.6.1) and what is kept for them (RFC 7617)."""

from __future__ import annotations

import pytest

from jupyterlite_asgi.hosts.browser.credentials import Credentials, basic_realm


@pytest.mark.parametrize(
    ("values", "realm"),
    [
        ([b'Basic realm="Staff"'], "Staff"),
        ([b'basic REALM = "Staff", charset="UTF-8"'], "Staff"),
        ([b'Basic charset="UTF-8", realm=Staff'], "Staff"),
        ([b'Basic realm="say \\"hi\\", Bearer realm=x"'], 'say "hi", Bearer realm=x'),
        ([b'Bearer realm="api", Basic realm="Staff"'], "Staff"),
        ([b"Negotiate abc==, Basic realm=Staff"], "Staff"),
        ([b"Bearer", b"Basic realm=Staff"], "Staff"),
        ([b"Basic"], ""),
        (["Basic realm=Küche".encode()], "Küche"),
        (["Basic realm=Küche".encode("latin-1")], "Küche"),
        ([b'Bearer realm="Basic"'], None),
        ([b'Digest realm="Basic realm=x"'], None),
        ([b""], None),
        ([], None),
    ],
)
def test_realm_of_a_basic_challenge(values: list[bytes], realm: str | None) -> None:
    assert basic_realm([(b"WWW-Authenticate", value) for value in values]) == realm


def test_value_is_sent_below_the_folder_where_it_was_accepted() -> None:
    credentials = Credentials()
    credentials.keep("/asgi/app/staff/list", "staff", b"s")
    credentials.keep("/asgi/app/staff/boss/list", "boss", b"b")
    paths = ["", "staff", "staff/", "staff/x/y", "staff/boss/", "staffroom"]
    sent = [credentials.for_path(f"/asgi/app/{path}") for path in paths]
    assert sent == [None, None, b"s", b"s", b"b", None]


def test_rejected_value_is_forgotten_unless_another_has_replaced_it() -> None:
    credentials = Credentials()
    credentials.keep("/x", "staff", b"new")
    credentials.reject("staff", b"old")
    assert credentials.for_realm("staff") == b"new"
    credentials.reject("staff", b"new")
    assert credentials.for_realm("staff") is None
    assert credentials.for_path("/x") is None


def test_entry_is_taken_once_and_only_recent_ones_are_kept() -> None:
    credentials = Credentials()
    for number in range(9):
        credentials.enter(f"/{number}", b"v")
    taken = [list(credentials.take(f"/{number}")) for number in (0, 1, 1)]
    assert taken == [[], [(b"v", None)], []]
