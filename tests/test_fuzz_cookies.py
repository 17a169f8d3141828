"""Cookies with any content: the jar raises nothing, keeps its limits, and sends no line break."""

from __future__ import annotations

import asyncio
import json
import re
from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st

from jupyterlite_asgi.hosts.browser.cookies import with_cookies
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.hosts.browser.protocol import COOKIES_HEADER
from jupyterlite_asgi.types import Message

from .support.app_call import START, AppCall, http, sends
from .support.cookies import HERE, LIMIT, ROOT, Clock, sent

ATTRIBUTES = ["Path", "Domain", "Expires", "Max-Age", "Secure", "SameSite", "__Host-a", "="]
DATES = ["Thu, 01 Jan 2099 00:00:00 GMT", "31 feb 2030 99:99:99", "9" * 900, "-1", "Strict", "/"]

#: Lines like those of a ``Set-Cookie``, and arbitrary ones.
LINES = st.binary() | st.lists(
    st.binary(max_size=9)
    | st.sampled_from([*ATTRIBUTES, *DATES, "=", ";", " ", "a", ROOT]).map(str.encode)
).map(b"".join)

#: Any text in JSON, such as half of a surrogate pair.
TEXT = st.text(st.characters())
ANY = st.none() | st.integers() | st.just(10**400) | st.floats() | TEXT
WRITE = st.fixed_dictionaries(
    {"id": TEXT, "url": TEXT | st.just(HERE), "line": TEXT}, optional={"sent": ANY}
)

#: What a page's script sends, and what looks like that.
SENT = ANY | st.fixed_dictionaries(
    {"writes": st.lists(WRITE) | st.lists(ANY) | ANY}, optional={"known": ANY}
)

#: What a cookie's value may contain (RFC 6265bis, section 4.1.1).
OCTETS = st.text("!#$%&'()*+-./0123456789:<=>?@ABCXYZ[]^_`abcxyz{|}~", min_size=1, max_size=50)


@given(st.lists(st.tuples(LINES, st.booleans(), st.booleans()), max_size=20))
def test_jar_takes_any_line(lines: list[tuple[bytes, bool, bool]]) -> None:
    jar = Jar(ROOT, Clock())
    for number, (line, is_script, is_cross_site) in enumerate(lines):
        if is_script:
            jar.write(str(number), HERE, line.decode("latin-1"))
        else:
            jar.set(HERE, line, cross_site=is_cross_site)
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", jar.header(HERE))
    assert len(jar.visible()) <= LIMIT
    assert jar.snapshot().isascii()
    assert len(json.loads(unquote(jar.snapshot()))["cookies"]) == len(jar.visible())


@given(OCTETS, st.sampled_from([b"", b"; Path=/", b"; Max-Age=9", b" ;HttpOnly; x=y"]))
def test_valid_cookie_is_sent_back_unchanged(value: str, attributes: bytes) -> None:
    pair = f"name={value}".encode()
    assert sent(pair + attributes) == pair


@given(st.text(), st.text(), st.text())
def test_jar_takes_any_write_of_a_page(identifier: str, url: str, line: str) -> None:
    jar = Jar(ROOT, Clock())
    before = jar.changes
    jar.write(identifier, url, line)
    assert jar.changes == before + 1  # the page is waiting


@given(st.binary() | SENT.map(json.dumps).map(quote).map(str.encode))
def test_request_with_any_header_of_a_page_is_answered(value: bytes) -> None:
    async def call() -> list[Message]:
        app = with_cookies(sends(START), Jar(ROOT, Clock()))
        return await AppCall(app, http(headers=[(COOKIES_HEADER, value)])).all()

    (start,) = asyncio.run(call())
    assert {**start, "headers": []} == START
