"""Attributes of cookies: Secure, HttpOnly, SameSite, and the name prefixes."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlite_asgi.hosts.browser.jar import Jar

from .support.cookies import CROSS, HERE, ROOT, Clock, kept, named, sent


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
def test_secure_cookies_need_a_secure_origin(origin: str, secure: bool) -> None:
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
def test_insecure_origin_cannot_overlay_a_secure_cookie(
    line: bytes, shielded: bool, jar: Jar
) -> None:
    jar.set(HERE, b"a=1; Secure; Path=/login")
    jar.set(f"http://example.org{ROOT}/", line)
    assert len(jar.visible()) == (1 if shielded else 2)


def test_insecure_cookie_can_be_replaced_from_an_insecure_origin(jar: Jar) -> None:
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
def test_scripts_cannot_see_or_set_http_only_cookies(line: bytes, hidden: bool, jar: Jar) -> None:
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


def test_script_can_replace_an_expired_http_only_cookie(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1; HttpOnly; Max-Age=9")
    clock.time += 9
    jar.set(HERE, b"a=2", script=True)
    assert named(jar) == ["a"]


def test_script_can_replace_a_visible_cookie(jar: Jar) -> None:
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
def test_same_site_is_lax_by_default(attributes: bytes, same_site: str | None, jar: Jar) -> None:
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
def test_same_site_limits_requests_of_other_sites(
    how: dict[str, Any], names: str, jar: Jar
) -> None:
    jar.set(HERE, b"strict=; SameSite=Strict")
    jar.set(HERE, b"lax=; SameSite=Lax")
    jar.set(HERE, b"default=")
    jar.set(HERE, b"none=; SameSite=None; Secure")
    assert jar.header(HERE, **how).decode().replace("=", "").split("; ") == names.split()


@pytest.mark.parametrize("attributes", [b"", b"; SameSite=Lax", b"; SameSite=Strict"])
def test_other_sites_set_lax_and_strict_cookies_by_navigation_only(attributes: bytes) -> None:
    line = b"a=1" + attributes
    assert kept(line)
    assert kept(line, cross_site=True, top_level=True)
    assert not kept(line, cross_site=True)
    assert not kept(line, cross_site=True, script=True)


def test_other_sites_can_set_same_site_none_cookies() -> None:
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
def test_host_prefix_needs_secure_and_path_and_no_domain(
    name: bytes, rest: bytes, taken: bool
) -> None:
    assert kept(name + b"=1" + rest) == taken


@pytest.mark.parametrize("name", [b"__Secure-a", b"__secure-a", b"__SECURE-", b"__sEcUrE-a"])
def test_secure_prefix_needs_secure(name: bytes) -> None:
    assert kept(name + b"=1; Secure")
    assert kept(name + b"=1; Secure; Path=/x; Domain=example.org", f"{HERE}x/")
    assert not kept(name + b"=1")
    assert not kept(name + b"=1; Secure", f"http://example.org{ROOT}/")


@pytest.mark.parametrize("line", [b"__Host-a", b"=__Host-a=1", b"__secure-a", b"= __SECURE-a=1"])
def test_nameless_cookie_cannot_imitate_a_prefix(line: bytes) -> None:
    assert not kept(line + b"; Secure; Path=/")


@pytest.mark.parametrize("name", [b"_Host-a", b"a__Host-", b"__Host", b"__Secur-a", b"__Hostess-"])
def test_similar_names_are_no_prefix(name: bytes) -> None:
    assert kept(name + b"=__Host-1")
