"""The contents of a jar: replacement, order, eviction, and the part that scripts see."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.hosts.browser.set_cookie import Cookie

from .support.cookies import CROSS, HERE, LIMIT, ROOT, Clock, named, sent

# replacement, order, number


def test_replaced_cookie_keeps_its_position(jar: Jar) -> None:
    for line in (b"a=1", b"b=2", b"c=3", b"a=4", b"b=; Max-Age=0", b"b=5"):
        jar.set(HERE, line)
    assert jar.header(HERE) == b"a=4; c=3; b=5"


def test_replacement_inherits_no_attributes(jar: Jar) -> None:
    jar.set(HERE, b"a=1; Secure; SameSite=Strict; Max-Age=10")
    jar.set(HERE, b"a=2")
    assert jar.visible() == [Cookie("a", "2", ROOT, None, secure=False, same_site="lax")]


def test_names_are_case_sensitive() -> None:
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


def test_least_recently_used_cookie_is_evicted(jar: Jar, clock: Clock) -> None:
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
def test_sending_a_cookie_counts_as_use(
    url: str, how: dict[str, Any], gone: str, jar: Jar, clock: Clock
) -> None:
    jar.set(HERE, b"old=; Path=/x")
    fill(jar, clock, LIMIT - 1, b"; Path=/y")
    clock.time += 1
    jar.header(HERE + url, **how)
    jar.set(HERE, b"new=")
    assert {"0", "old"} - set(named(jar)) == {gone}


def test_insecure_cookies_are_evicted_first(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"safe=; Secure")
    fill(jar, clock, LIMIT)
    assert "safe" in named(jar)
    assert "0" not in named(jar)


def test_expired_cookies_are_evicted_before_others(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"brief=; Max-Age=1000")
    fill(jar, clock, LIMIT - 1)
    clock.time += 1000
    jar.set(HERE, b"new=")
    assert set(named(jar)) == {"new", *map(str, range(LIMIT - 1))}


# what scripts see


def test_scripts_see_decoded_text(jar: Jar) -> None:
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


def test_visible_cookies_are_immutable(jar: Jar) -> None:
    jar.set(HERE, b"a=1")
    (cookie,) = jar.visible()
    with pytest.raises(FrozenInstanceError):
        cookie.value = "2"  # type: ignore[misc]


def test_snapshot_is_safe_in_a_header_and_an_attribute(jar: Jar) -> None:
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


def test_snapshot_of_an_empty_jar(jar: Jar) -> None:
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
    notified: list[int] = []
    jar.on_change = lambda: notified.append(jar.changes)
    jar.set(HERE, line)
    assert jar.changes == before + changed
    assert notified == [jar.changes] * changed


def test_change_counter_exceeds_that_of_an_earlier_jar(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1")
    clock.time += 1
    assert Jar(ROOT, clock).changes > jar.changes


def test_changes_of_one_update_count_once(jar: Jar) -> None:
    notified: list[int] = []
    jar.on_change = lambda: notified.append(jar.changes)
    before = jar.changes
    with jar.update():
        jar.set(HERE, b"a=1")
        jar.write("1", HERE, "b=1; path=/")
        assert notified == []
    with jar.update():
        jar.set(HERE, b"a=2")
        jar.set(HERE, b"a=1")
    assert notified == [before + 1]


def test_clearing_removes_all_cookies(jar: Jar) -> None:
    before = jar.changes
    for line in (b"a=1", b"b=1; HttpOnly", b"c=1; Path=/x"):
        jar.set(HERE, line)
    jar.clear()
    assert (jar.header(f"{HERE}x"), jar.visible()) == (b"", [])
    assert jar.changes > before


def test_pages_are_told_when_their_storage_was_cleared(jar: Jar, clock: Clock) -> None:
    def cleared() -> int | None:
        time: int | None = json.loads(unquote(jar.snapshot()))["cleared"]
        return time

    notified: list[int] = []
    jar.on_change = lambda: notified.append(jar.changes)
    before = jar.changes
    assert cleared() is None
    jar.clear_storage()
    assert cleared() == 1_700_000_000_000
    jar.clear_storage()  # within the same millisecond
    assert cleared() == 1_700_000_000_001
    clock.time += 9
    jar.clear_storage()
    assert cleared() == 1_700_000_009_000
    assert notified == [before + 1, before + 2, before + 3]


def test_write_that_waited_does_not_undo_what_a_response_did_since(jar: Jar, clock: Clock) -> None:
    sent = clock() * 1000
    clock.time += 3
    jar.set(HERE, b"a=new")
    jar.set(HERE, b"b=; Max-Age=0")
    for number, line in enumerate(("a=old; path=/", "b=old; path=/", "c=old; path=/")):
        jar.write(str(number), HERE, line, sent)
    assert jar.header(HERE) == b"a=new; c=old"
    jar.write("later", HERE, "a=newest; path=/", clock() * 1000)
    # Clocks are not exact.
    jar.write("a little earlier", HERE, "b=new; path=/", clock() * 1000 - 200)
    assert jar.header(HERE) == b"a=newest; c=old; b=new"
    jar.clear()
    jar.write("before it was cleared", HERE, "c=old; path=/", sent)
    assert jar.header(HERE) == b""


def test_oldest_writes_are_forgotten(jar: Jar) -> None:
    for number in range(1025):
        jar.write(str(number), HERE, "")
    before = jar.changes
    jar.write("1", HERE, "")
    assert jar.changes == before
    jar.write("0", HERE, "")
    assert jar.changes == before + 1


def test_expiry_is_not_a_change(jar: Jar, clock: Clock) -> None:
    jar.set(HERE, b"a=1; Max-Age=9")  # pages let it expire by themselves
    before = jar.changes
    clock.time += 9
    assert (jar.changes, jar.visible()) == (before, [])


def test_jars_are_independent() -> None:
    one, other = Jar(ROOT), Jar("/demo/asgi/other")
    one.set(HERE, b"a=1; Path=/; Domain=example.org")
    assert other.header(HERE) == b""
    assert other.visible() == []
    assert one.header(HERE) == b"a=1"


def test_write_that_arrives_twice_is_applied_once(jar: Jar) -> None:
    jar.write("1", HERE, "a=ä; Path=/")
    jar.set(HERE, b"a=; Path=/; Max-Age=0")
    jar.write("1", HERE, "a=ä; Path=/")
    assert jar.header(HERE) == b""
    jar.write("2", HERE, "a=ä; Path=/")
    assert jar.header(HERE) == "a=ä".encode()


def test_script_cannot_write_an_http_only_cookie(jar: Jar) -> None:
    jar.write("1", HERE, "a=1; HttpOnly")
    assert jar.header(HERE) == b""


@pytest.mark.parametrize("line", ["a=1; HttpOnly", "b=2", "", "a=1; Path=/"])
def test_pages_are_notified_of_the_result_of_each_write(line: str, jar: Jar) -> None:
    jar.set(HERE, b"a=1; Path=/")
    jar.set(HERE, b"b=1; HttpOnly")
    before, notified = jar.changes, list[Any]()
    jar.on_change = lambda: notified.append(json.loads(unquote(jar.snapshot())))
    for _ in range(2):
        jar.write("id", HERE, line)
    assert [(news["changes"], news["written"]) for news in notified] == [(before + 1, "id")]
    assert [cookie["value"] for cookie in notified[0]["cookies"]] == ["1"]


@pytest.mark.parametrize(
    "url", ["https://example.org/demo/asgi/shops/", "https://example.org/", ""]
)
def test_page_of_another_app_cannot_write(url: str, jar: Jar) -> None:
    jar.write("1", url, "a=1; Path=/demo/asgi/shop")
    assert jar.header(HERE) == b""


#: The cookie that results from a script's line, if any; the tests of the page script read the same.
LINES: dict[str, dict[str, str | None]] = json.loads(
    (Path(__file__).parent / "cookie_lines.json").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("url", "line", "shown"),
    [(url, line, shown) for url, lines in LINES.items() for line, shown in lines.items()],
)
def test_kernel_and_page_script_parse_a_line_alike(url: str, line: str, shown: str | None) -> None:
    jar = Jar("/asgi/shop", Clock())
    jar.write("1", url, line)
    found = [
        f"{c.name} | {c.value} | {c.path} | {c.expires or '-'} | "
        f"{'secure' if c.secure else '-'} | {c.same_site}"
        for c in jar.visible()
    ]
    assert found == ([] if shown is None else [shown])
