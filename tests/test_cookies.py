"""The jar of an app against the rules of RFC 6265bis, and what browsers make of them."""

from __future__ import annotations

import json
import random
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.jar import Cookie, Jar

ROOT = "/demo/asgi/shop"
HERE = f"https://example.org{ROOT}/"
LIMIT = 180
CROSS: dict[str, Any] = {"cross_site": True}


class Clock:
    """Seconds since the epoch, that pass when a test says so."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jar(clock: Clock) -> Jar:
    return Jar(ROOT, clock)


def sent(*lines: bytes, at: str = HERE, to: str = HERE) -> bytes:
    """What goes ``to`` a place after ``lines`` came from another, each of them a cookie."""
    jar = Jar(ROOT, Clock())
    for line in lines:
        jar.set(at, line)
    return jar.header(to)


def kept(line: bytes, at: str = HERE, **how: Any) -> bool:
    """Whether a jar takes a cookie at all."""
    jar = Jar(ROOT, Clock())
    jar.set(at, line, **how)
    return jar.header(f"{HERE}x/y") != b""


def named(jar: Jar) -> list[str]:
    return [cookie.name for cookie in jar.visible()]


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        (b"a=1", b"a=1"),
        (b"a=", b"a="),
        (b"a=1; Path=/; Whatever; and=more", b"a=1"),
        (b"a=1;", b"a=1"),
        (b"a=1;;;", b"a=1"),
        (b" \ta \t= \t1 \t; Path=/", b"a=1"),
        (b"a b=c \td", b"a b=c \td"),
        (b"a=b=c", b"a=b=c"),
        (b"a=b==", b"a=b=="),
        (b'a="1, 2"', b'a="1, 2"'),
        (b'a="1; 2"', b'a="1'),
        (b"a='1'", b"a='1'"),
        (b"a=%20%3B", b"a=%20%3B"),
        (b"a=1,b=2", b"a=1,b=2"),
        (b"a=\xe4\xb8\xad", b"a=\xe4\xb8\xad"),
        (b"\xff=\xfe\x80", b"\xff=\xfe\x80"),
        (b"A=1", b"A=1"),
        (b"a", b"a"),
        (b"=a", b"a"),
        (b"=a=b", b"a=b"),
        (b"==a", b"=a"),
        (b" = a", b"a"),
        (b";a=1", b""),
        (b"; Secure", b""),
    ],
)
def test_name_and_value_go_back_as_they_came(line: bytes, pair: bytes) -> None:
    assert sent(line) == pair


@pytest.mark.parametrize("line", [b"", b"=", b" \t", b" = ", b"; Path=/"])
def test_cookie_of_nothing_is_none(line: bytes) -> None:
    assert sent(line, b"a=1") == b"a=1"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F])
@pytest.mark.parametrize("line", [b"a%b=1", b"a=1%2", b"a=1; Path=/%"])
def test_control_characters_spoil_a_cookie(line: bytes, code: int) -> None:
    assert kept(line.replace(b"%", bytes([code]))) == (code == ord("\t"))


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        (1, 4096 - 1, True),
        (4096 - 1, 1, True),
        (4096, 0, True),
        (0, 4096, True),
        (1, 4096, False),
        (4096, 1, False),
        (0, 4096 + 1, False),
    ],
)
def test_size_of_name_and_value_is_limited(name: int, value: int, fits: bool) -> None:
    assert kept(b" " + b"n" * name + b" = " + b"v" * value + b" ; Path=/") == fits


def test_size_is_that_of_bytes() -> None:
    assert kept("é".encode() * (4096 // 2))
    assert not kept("é".encode() * (4096 // 2 + 1))


@pytest.mark.parametrize(("size", "path"), [(1024, "long"), (1024 + 1, "short")])
def test_attribute_that_is_too_long_is_not_there(size: int, path: str, jar: Jar) -> None:
    long = b"/".ljust(size, b"x")
    jar.set(HERE, b"a=1; Path=/short; Path= " + long)
    (cookie,) = jar.visible()
    assert cookie.path == ROOT + (long.decode() if path == "long" else "/short")


def test_bytes_of_every_value_go_back() -> None:
    allowed = [code for code in range(0x20, 0x100) if code not in (0x3B, 0x7F)]
    choose = random.Random(6265)
    for _ in range(300):
        name = bytes(choose.choices([code for code in allowed if code != ord("=")], k=5)).strip()
        value = bytes(choose.choices(allowed, k=choose.randrange(1, 40))).strip()
        if name and value:
            assert sent(name + b"=" + value) == name + b"=" + value


def test_nothing_in_a_header_raises() -> None:
    words = (
        b"a|=|;| |\t|,|Path|Domain|Max-Age|Expires|SameSite|Secure|/|-|:|0|99|Jan|\xff|\x00|__Host-"
    )
    choose = random.Random(6265)
    jar = Jar(ROOT)
    for _ in range(3000):
        jar.set(HERE, b"".join(choose.choices(words.split(b"|"), k=choose.randrange(12))))
    assert isinstance(json.loads(unquote(jar.snapshot()))["cookies"], list)


# Domain


@pytest.mark.parametrize(
    ("host", "domain", "ours"),
    [
        ("www.example.org", b"www.example.org", True),
        ("www.example.org", b".www.example.org", True),
        ("www.example.org", b"WWW.Example.ORG", True),
        ("WWW.example.org", b"www.example.org", True),
        ("www.example.org", b"example.org", True),
        ("www.example.org", b".example.org", True),
        ("www.example.org:8000", b"example.org", True),
        ("www.example.org", b"", True),
        ("www.example.org", b".", True),
        ("www.example.org", b"..example.org", False),
        ("www.example.org", b"example.org.", False),
        ("www.example.org", b"www.example.org:443", False),
        ("www.example.org", b"org", False),
        ("www.example.org", b".org", False),
        ("www.example.org", b"ample.org", False),
        ("www.example.org", b"a.www.example.org", False),
        ("www.example.org", b"example.com", False),
        ("www.example.org", b"ex\xe4mple.org", False),
        ("localhost", b"localhost", True),
        ("localhost:8000", b".localhost", True),
        ("app.localhost", b"localhost", False),
        ("127.0.0.1:8000", b"127.0.0.1", True),
        ("127.0.0.1", b"0.0.1", False),
        ("127.0.0.1", b"1", False),
        ("[::1]:8000", b"[::1]", True),
        ("[::1]", b"::1", False),
    ],
)
def test_domain_is_the_host_or_above_it(host: str, domain: bytes, ours: bool) -> None:
    assert kept(b"a=1; Domain=" + domain, f"https://{host}{ROOT}/") == ours


@pytest.mark.parametrize(
    ("host", "domain", "same"),
    [
        ("www.example.org", b"www.example.org", False),
        ("www.example.org", b"example.org", False),
        ("www.example.org", b"", True),
        ("localhost", b"localhost", True),
        ("127.0.0.1", b"127.0.0.1", True),
        ("[::1]", b"[::1]", True),
    ],
)
def test_cookie_of_a_domain_is_not_that_of_the_host(host: str, domain: bytes, same: bool) -> None:
    lines = (b"a=1", b"a=2; Domain=" + domain)
    url = f"https://{host}{ROOT}/"
    assert sent(*lines, at=url, to=url) == (b"a=2" if same else b"a=1; a=2")


def test_domain_that_is_said_last_counts() -> None:
    assert kept(b"a=1; Domain=example.com; Domain=example.org")
    assert not kept(b"a=1; Domain=example.org; Domain=example.com")
    assert kept(b"a=1; Domain=example.com; Domain=")


# Path


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (b"/", ROOT),
        (b"/admin", f"{ROOT}/admin"),
        (b"/admin/", f"{ROOT}/admin/"),
        (b"/demo", f"{ROOT}/demo"),
        (b"/demo/asgi/shopping", f"{ROOT}/demo/asgi/shopping"),
        (b"/demo/asgi/shop", ROOT),
        (b"/demo/asgi/shop/", f"{ROOT}/"),
        (b"/demo/asgi/shop/admin", f"{ROOT}/admin"),
        (b"/Demo/asgi/shop", f"{ROOT}/Demo/asgi/shop"),
        (b"//", f"{ROOT}//"),
        (b"/a b", f"{ROOT}/a b"),
        (b"/\xe9", f"{ROOT}/\xe9"),
        (b"admin", f"{ROOT}/a"),
        (b'"/"', f"{ROOT}/a"),
        (b"", f"{ROOT}/a"),
        (b"/x; Path=/y", f"{ROOT}/y"),
        (b"/x; Path=y", f"{ROOT}/a"),
        (b"/x; Path", f"{ROOT}/a"),
        (b"/x; pATH = /y ", f"{ROOT}/y"),
    ],
)
def test_path_is_counted_from_the_root_unless_it_lies_under_it(
    asked: bytes, path: str, jar: Jar
) -> None:
    jar.set(f"{HERE}a/b?c=/d/e", b"a=1; Path=" + asked)
    assert [cookie.path for cookie in jar.visible()] == [path]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", ROOT),
        ("/", ROOT),
        ("/x", ROOT),
        ("/x/", f"{ROOT}/x"),
        ("/x/y", f"{ROOT}/x"),
        ("/x/y/z?q=/1/2", f"{ROOT}/x/y"),
        ("?q=/1/2", ROOT),
    ],
)
def test_default_path_is_the_folder_but_not_above_the_root(url: str, path: str, jar: Jar) -> None:
    jar.set(f"https://example.org{ROOT}{url}", b"a=1")
    assert [cookie.path for cookie in jar.visible()] == [path]


@pytest.mark.parametrize("asked", [b"/", ROOT.encode()])
@pytest.mark.parametrize("url", ["", "/", "/x", "/x/y", "?q"])
def test_cookie_of_the_whole_app_goes_everywhere(asked: bytes, url: str) -> None:
    assert sent(b"a=1; Path=" + asked, to=f"https://example.org{ROOT}{url}") == b"a=1"


@pytest.mark.parametrize(
    ("asked", "url", "matches"),
    [
        (b"/x", "x", True),
        (b"/x", "x/", True),
        (b"/x", "x/y", True),
        (b"/x", "x?y", True),
        (b"/x", "xy", False),
        (b"/x", "X", False),
        (b"/x", "", False),
        (b"/x", "y/x", False),
        (b"/x/", "x", False),
        (b"/x/", "x/", True),
        (b"/x/", "x/y", True),
        (b"/x/y", "x", False),
        (b"/x%20y", "x%20y", True),
        (b"/x y", "x%20y", False),
        (b"//", "x", False),
        (b"/x/../y", "y", False),
        (b"/\xc3\xa9", "%C3%A9", False),
        (b"/%C3%A9", "%C3%A9", True),
    ],
)
def test_path_matches_whole_segments(asked: bytes, url: str, matches: bool) -> None:
    assert sent(b"a=1; Path=" + asked, to=HERE + url) == (b"a=1" if matches else b"")


# Secure, HttpOnly, SameSite, prefixes


@pytest.mark.parametrize(
    ("origin", "secure"),
    [
        ("https://example.org", True),
        ("wss://example.org", True),
        ("http://localhost", True),
        ("http://localhost:8000", True),
        ("http://app.localhost", True),
        ("ws://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://example.org", False),
        ("ws://example.org", False),
        ("http://notlocalhost", False),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://[::2]", False),
    ],
)
def test_secure_cookies_want_a_secure_place(origin: str, secure: bool) -> None:
    url = f"{origin}{ROOT}/"
    assert kept(b"a=1; Secure", url) == secure
    assert kept(b"a=1; sEcUrE=no", url) == secure
    assert kept(b"a=1; Secur", url)
    assert sent(b"a=1; Secure", at=HERE, to=url) == (b"a=1" if secure else b"")
    assert sent(b"a=1", at=HERE, to=url) == b"a=1"


@pytest.mark.parametrize(
    ("line", "shielded"),
    [
        (b"a=2; Path=/login", True),
        (b"a=2; Path=/login/en", True),
        (b"a=2; Path=/", False),
        (b"a=2; Path=/log", False),
        (b"b=2; Path=/login", False),
    ],
)
def test_insecure_place_cannot_hide_a_secure_cookie(line: bytes, shielded: bool, jar: Jar) -> None:
    jar.set(HERE, b"a=1; Secure; Path=/login")
    jar.set(f"http://example.org{ROOT}/", line)
    assert len(jar.visible()) == (1 if shielded else 2)


def test_only_secure_cookies_are_shielded(jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    jar.set(f"http://example.org{ROOT}/", b"a=2")
    assert jar.header(HERE) == b"a=2"


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        (b"a=1; HttpOnly", True),
        (b"a=1; httponly=false", True),
        (b"a=1;HTTPONLY;Path=/", True),
        (b"a=1; HttpOnl", False),
        (b"HttpOnly", False),
    ],
)
def test_http_only_cookies_are_not_for_scripts(line: bytes, hidden: bool, jar: Jar) -> None:
    jar.set(HERE, line)
    assert (jar.visible() == []) == hidden
    assert jar.header(HERE) != b""
    assert kept(line, script=True) == (not hidden)


@pytest.mark.parametrize("line", [b"a=2", b"a=2; HttpOnly", b"a=; Max-Age=0"])
def test_script_cannot_replace_an_http_only_cookie(line: bytes, jar: Jar) -> None:
    jar.set(HERE, b"a=1; HttpOnly")
    jar.set(HERE, line, script=True)
    assert jar.header(HERE) == b"a=1"
    jar.set(HERE, b"a=3; Path=/x", script=True)
    assert jar.header(f"{HERE}x") == b"a=3; a=1"


def test_script_can_replace_an_http_only_cookie_that_has_ended(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1; HttpOnly; Max-Age=9")
    clock.time += 9
    jar.set(HERE, b"a=2", script=True)
    assert named(jar) == ["a"]


def test_script_can_replace_what_it_can_see(jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    jar.set(HERE, b"a=2", script=True)
    assert jar.header(HERE) == b"a=2"


def test_app_can_hide_and_show_a_cookie(jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    jar.set(HERE, b"a=1; HttpOnly")
    assert named(jar) == []
    jar.set(HERE, b"a=1")
    assert named(jar) == ["a"]


@pytest.mark.parametrize(
    ("attributes", "same_site"),
    [
        (b"", "lax"),
        (b"; SameSite=Lax", "lax"),
        (b"; SameSite=Strict", "strict"),
        (b"; samesite = sTRICT", "strict"),
        (b"; SameSite=None; Secure", "none"),
        (b"; Secure; SameSite=NONE", "none"),
        (b"; SameSite=None", None),
        (b"; SameSite", "lax"),
        (b"; SameSite=Nonsense", "lax"),
        (b"; SameSite=Strict; SameSite=Lax", "lax"),
        (b"; SameSite=Strict; SameSite=Nonsense", "lax"),
        (b"; SameSite=None; SameSite=Strict", "strict"),
    ],
)
def test_same_site_is_lax_unless_said(attributes: bytes, same_site: str | None, jar: Jar) -> None:
    jar.set(HERE, b"a=1" + attributes)
    assert [cookie.same_site for cookie in jar.visible()] == ([same_site] if same_site else [])


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({}, "strict lax default none"),
        ({"top_level": True, "method": "POST"}, "strict lax default none"),
        (CROSS, "none"),
        (CROSS | {"method": "POST"}, "none"),
        (CROSS | {"top_level": True}, "lax default none"),
        (CROSS | {"top_level": True, "method": "HEAD"}, "lax default none"),
        (CROSS | {"top_level": True, "method": "OPTIONS"}, "lax default none"),
        (CROSS | {"top_level": True, "method": "TRACE"}, "lax default none"),
        (CROSS | {"top_level": True, "method": "POST"}, "none"),
        (CROSS | {"top_level": True, "method": "PUT"}, "none"),
    ],
)
def test_same_site_says_what_other_sites_bring_along(
    how: dict[str, Any], names: str, jar: Jar
) -> None:
    jar.set(HERE, b"strict=; SameSite=Strict")
    jar.set(HERE, b"lax=; SameSite=Lax")
    jar.set(HERE, b"default=")
    jar.set(HERE, b"none=; SameSite=None; Secure")
    assert jar.header(HERE, **how).decode().replace("=", "").split("; ") == names.split()


@pytest.mark.parametrize("attributes", [b"", b"; SameSite=Lax", b"; SameSite=Strict"])
def test_other_sites_set_them_by_navigations_only(attributes: bytes) -> None:
    line = b"a=1" + attributes
    assert kept(line)
    assert kept(line, cross_site=True, top_level=True)
    assert not kept(line, cross_site=True)
    assert not kept(line, cross_site=True, script=True)


def test_other_sites_set_those_that_are_for_them() -> None:
    line = b"a=1; SameSite=None; Secure"
    assert kept(line, cross_site=True)
    assert kept(line, cross_site=True, script=True)


@pytest.mark.parametrize(
    ("rest", "taken"),
    [
        (b"; Secure; Path=/", True),
        (b"; Path=/; Secure; HttpOnly", True),
        (b"; Secure; Path=/x; Path=/", True),
        (b"; Secure; Path=/; Domain=", True),
        (b"; Secure", False),
        (b"; Secure; Path", False),
        (b"; Secure; Path=x", False),
        (b"; Secure; Path=/x", False),
        (b"; Secure; Path=/; Path=/x", False),
        (b"; Secure; Path=" + ROOT.encode(), False),
        (b"; Secure; Path=/; Domain=example.org", False),
        (b"; Path=/", False),
        (b"", False),
    ],
)
@pytest.mark.parametrize("name", [b"__Host-a", b"__host-a", b"__HOST-", b"__hOsT-a"])
def test_host_prefix_is_for_the_whole_host_alone(name: bytes, rest: bytes, taken: bool) -> None:
    assert kept(name + b"=1" + rest) == taken


@pytest.mark.parametrize("name", [b"__Secure-a", b"__secure-a", b"__SECURE-", b"__sEcUrE-a"])
def test_secure_prefix_wants_secure(name: bytes) -> None:
    assert kept(name + b"=1; Secure")
    assert kept(name + b"=1; Secure; Path=/x; Domain=example.org", f"{HERE}x/")
    assert not kept(name + b"=1")
    assert not kept(name + b"=1; Secure", f"http://example.org{ROOT}/")


@pytest.mark.parametrize("line", [b"__Host-a", b"=__Host-a=1", b"__secure-a", b"= __SECURE-a=1"])
def test_value_without_a_name_cannot_pass_for_a_prefix(line: bytes) -> None:
    assert not kept(line + b"; Secure; Path=/")


@pytest.mark.parametrize("name", [b"_Host-a", b"a__Host-", b"__Host", b"__Secur-a", b"__Hostess-"])
def test_what_only_looks_like_a_prefix_is_none(name: bytes) -> None:
    assert kept(name + b"=__Host-1")


# replacement, order, number


def test_cookie_is_replaced_in_its_place(jar: Jar) -> None:
    for line in (b"a=1", b"b=2", b"c=3", b"a=4", b"b=; Max-Age=0", b"b=5"):
        jar.set(HERE, line)
    assert jar.header(HERE) == b"a=4; c=3; b=5"


def test_replacement_is_a_cookie_of_its_own(jar: Jar) -> None:
    jar.set(HERE, b"a=1; Secure; SameSite=Strict; Max-Age=10")
    jar.set(HERE, b"a=2")
    assert jar.visible() == [Cookie("a", "2", ROOT, None, secure=False, same_site="lax")]


def test_name_in_other_letters_is_another_cookie() -> None:
    assert sent(b"a=1", b"A=2") == b"a=1; A=2"


def test_longer_paths_come_first_then_older_cookies(jar: Jar) -> None:
    for line in (b"a=1", b"b=2; Path=/x", b"c=3; Path=/x/y", b"d=4; Path=/x", b"a=5; Path=/x/y"):
        jar.set(HERE, line)
    assert jar.header(f"{HERE}x/y") == b"c=3; a=5; b=2; d=4; a=1"
    assert "".join(named(jar)) == "cabda"


def fill(jar: Jar, clock: Clock, count: int, rest: bytes = b"") -> None:
    for number in range(count):
        clock.time += 1
        jar.set(HERE, b"%d=%s" % (number, rest))


def test_least_recently_used_goes_when_there_are_too_many(jar: Jar, clock: Clock) -> None:
    fill(jar, clock, LIMIT, b"; Path=/x")
    assert len(jar.visible()) == LIMIT
    jar.set(HERE, b"0=; Path=/x")
    fill(jar, clock, 1)
    assert len(jar.visible()) == LIMIT
    assert {"0", "2"} < set(named(jar))
    assert "1" not in named(jar)


@pytest.mark.parametrize(
    ("url", "how", "gone"),
    [("x", {}, "0"), ("", {}, "old"), ("xy", {}, "old"), ("x", CROSS, "old")],
)
def test_cookie_that_is_sent_is_used(
    url: str, how: dict[str, Any], gone: str, jar: Jar, clock: Clock
) -> None:
    jar.set(HERE, b"old=; Path=/x")
    fill(jar, clock, LIMIT - 1, b"; Path=/y")
    clock.time += 1
    jar.header(HERE + url, **how)
    jar.set(HERE, b"new=")
    assert {"0", "old"} - set(named(jar)) == {gone}


def test_cookies_that_are_not_secure_go_first(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"safe=; Secure")
    fill(jar, clock, LIMIT)
    assert "safe" in named(jar)
    assert "0" not in named(jar)


def test_expired_cookies_make_room(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"brief=; Max-Age=1000")
    fill(jar, clock, LIMIT - 1)
    clock.time += 1000
    jar.set(HERE, b"new=")
    assert set(named(jar)) == {"new", *map(str, range(LIMIT - 1))}


# what scripts see


def test_scripts_see_text(jar: Jar) -> None:
    for line in (
        "naïve=中; Path=/x; Secure; SameSite=Strict; Max-Age=9".encode(),
        b"bad=\xffa\xe4\xb8",
        b"alone",
    ):
        jar.set(HERE, line)
    assert jar.visible() == [
        Cookie("naïve", "中", f"{ROOT}/x", 1_700_000_009_000, secure=True, same_site="strict"),
        Cookie("bad", "\ufffda\ufffd", ROOT, None, secure=False, same_site="lax"),
        Cookie("", "alone", ROOT, None, secure=False, same_site="lax"),
    ]


def test_what_scripts_see_is_not_the_jars(jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    (cookie,) = jar.visible()
    with pytest.raises(FrozenInstanceError):
        cookie.value = "2"  # type: ignore[misc]


def test_cookies_are_encoded_for_a_header_and_an_attribute(jar: Jar) -> None:
    jar.set(HERE, "é=a \"b' <c>&100%,; Path=/x; Secure; Max-Age=1".encode())
    jar.set(HERE, b"z=2")
    text = jar.snapshot()
    assert text.isascii()
    assert not set(text) & set("\"'<>& ,;")
    news = json.loads(unquote(text, errors="strict"))
    assert (news["changes"], news["written"]) == (jar.changes, None)
    assert news["cookies"] == [
        {
            "name": "é",
            "value": "a \"b' <c>&100%,",
            "path": f"{ROOT}/x",
            "expires": 1_700_000_001_000,
            "secure": True,
            "same_site": "lax",
        },
        {
            "name": "z",
            "value": "2",
            "path": ROOT,
            "expires": None,
            "secure": False,
            "same_site": "lax",
        },
    ]


def test_no_cookies_are_encoded_as_none(jar: Jar) -> None:
    assert json.loads(unquote(jar.snapshot()))["cookies"] == []


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        (b"a=1", False),
        (b"a=1; Path=/", False),
        (b"b=1; HttpOnly", False),
        (b"b=; Max-Age=0", False),
        (b"b=1; Domain=example.com", False),
        (b"a=2", True),
        (b"a=1; Max-Age=9", True),
        (b"a=1; Secure", True),
        (b"a=1; SameSite=Strict", True),
        (b"a=1; HttpOnly", True),
        (b"a=1; Path=/x", True),
        (b"a=; Max-Age=0", True),
        (b"b=1", True),
    ],
)
def test_changes_are_counted(line: bytes, changed: bool, jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    before = jar.changes
    told: list[int] = []
    jar.on_change = lambda: told.append(jar.changes)
    jar.set(HERE, line)
    assert jar.changes == before + changed
    assert told == [jar.changes] * changed


def test_changes_go_on_from_those_of_an_earlier_jar(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1")
    clock.time += 1
    assert Jar(ROOT, clock).changes > jar.changes


def test_end_of_a_cookie_is_no_news(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1; Max-Age=9")  # a page knows by itself when it ends
    before = jar.changes
    clock.time += 9
    assert (jar.changes, jar.visible()) == (before, [])


def test_no_jar_sees_another() -> None:
    one, other = Jar(ROOT), Jar("/demo/asgi/other")
    one.set(HERE, b"a=1; Path=/; Domain=example.org")
    assert other.header(HERE) == b""
    assert other.visible() == []
    assert one.header(HERE) == b"a=1"


def test_script_writes_once_what_comes_by_two_ways(jar: Jar) -> None:
    jar.write("1", HERE, "a=ä; Path=/")
    jar.set(HERE, b"a=; Path=/; Max-Age=0")
    jar.write("1", HERE, "a=ä; Path=/")
    assert jar.header(HERE) == b""
    jar.write("2", HERE, "a=ä; Path=/")
    assert jar.header(HERE) == "a=ä".encode()


def test_script_writes_no_http_only_cookie(jar: Jar) -> None:
    jar.write("1", HERE, "a=1; HttpOnly")
    assert jar.header(HERE) == b""


@pytest.mark.parametrize("line", ["a=1; HttpOnly", "b=2", "", "a=1; Path=/"])
def test_page_hears_what_became_of_each_write(line: str, jar: Jar) -> None:
    jar.set(HERE, b"a=1; Path=/")
    jar.set(HERE, b"b=1; HttpOnly")
    before, told = jar.changes, list[Any]()
    jar.on_change = lambda: told.append(json.loads(unquote(jar.snapshot())))
    for _ in range(2):
        jar.write("id", HERE, line)
    assert [(news["changes"], news["written"]) for news in told] == [(before + 1, "id")]
    assert [cookie["value"] for cookie in told[0]["cookies"]] == ["1"]


@pytest.mark.parametrize(
    "url", ["https://example.org/demo/asgi/shops/", "https://example.org/", ""]
)
def test_page_of_another_app_writes_nothing(url: str, jar: Jar) -> None:
    jar.write("1", url, "a=1; Path=/demo/asgi/shop")
    assert jar.header(HERE) == b""


#: What becomes of a script's line in a page: the client script's tests read the same.
LINES: dict[str, dict[str, str | None]] = json.loads(
    (Path(__file__).parent / "cookie_lines.json").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("url", "line", "shown"),
    [(url, line, shown) for url, lines in LINES.items() for line, shown in lines.items()],
)
def test_kernel_and_page_read_a_line_alike(url: str, line: str, shown: str | None) -> None:
    jar = Jar("/asgi/shop", Clock())
    jar.write("1", url, line)
    found = [
        f"{c.name} | {c.value} | {c.path} | {c.expires or '-'} | "
        f"{'secure' if c.secure else '-'} | {c.same_site}"
        for c in jar.visible()
    ]
    assert found == ([] if shown is None else [shown])
