"""The cookie jar follows RFC 6265bis, and browsers where they differ from it."""

from __future__ import annotations

import json
import random
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.jar import Jar

from .support.cookies import HERE, ROOT, kept, sent


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
def test_name_and_value_are_sent_back_unchanged(line: bytes, pair: bytes) -> None:
    assert sent(line) == pair


@pytest.mark.parametrize("line", [b"", b"=", b" \t", b" = ", b"; Path=/"])
def test_empty_cookie_is_ignored(line: bytes) -> None:
    assert sent(line, b"a=1") == b"a=1"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F])
@pytest.mark.parametrize("line", [b"a%b=1", b"a=1%2", b"a=1; Path=/%"])
def test_cookie_with_control_characters_is_rejected(line: bytes, code: int) -> None:
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


def test_size_is_counted_in_bytes() -> None:
    assert kept("é".encode() * (4096 // 2))
    assert not kept("é".encode() * (4096 // 2 + 1))


@pytest.mark.parametrize(("size", "path"), [(1024, "long"), (1024 + 1, "short")])
def test_overlong_attribute_is_ignored(size: int, path: str, jar: Jar) -> None:
    long = b"/".ljust(size, b"x")
    jar.set(HERE, b"a=1; Path=/short; Path= " + long)
    (cookie,) = jar.visible()
    assert cookie.path == ROOT + (long.decode() if path == "long" else "/short")


def test_random_bytes_are_sent_back_unchanged() -> None:
    allowed = [code for code in range(0x20, 0x100) if code not in (0x3B, 0x7F)]
    choose = random.Random(6265)
    for _ in range(300):
        name = bytes(choose.choices([code for code in allowed if code != ord("=")], k=5)).strip()
        value = bytes(choose.choices(allowed, k=choose.randrange(1, 40))).strip()
        if name and value:
            assert sent(name + b"=" + value) == name + b"=" + value


def test_random_headers_do_not_raise() -> None:
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
def test_domain_is_the_host_or_a_parent_of_it(host: str, domain: bytes, ours: bool) -> None:
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
def test_domain_cookie_and_host_only_cookie_coexist(host: str, domain: bytes, same: bool) -> None:
    lines = (b"a=1", b"a=2; Domain=" + domain)
    url = f"https://{host}{ROOT}/"
    assert sent(*lines, at=url, to=url) == (b"a=2" if same else b"a=1; a=2")


def test_last_domain_counts() -> None:
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
def test_path_outside_the_app_is_relative_to_it(asked: bytes, path: str, jar: Jar) -> None:
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
def test_default_path_is_the_folder_of_the_url_within_the_app(
    url: str, path: str, jar: Jar
) -> None:
    jar.set(f"https://example.org{ROOT}{url}", b"a=1")
    assert [cookie.path for cookie in jar.visible()] == [path]


@pytest.mark.parametrize("asked", [b"/", ROOT.encode()])
@pytest.mark.parametrize("url", ["", "/", "/x", "/x/y", "?q"])
def test_cookie_for_the_whole_app_is_sent_everywhere(asked: bytes, url: str) -> None:
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
