"""Expiry of cookies: Max-Age, and Expires with dates in all common formats."""

from __future__ import annotations

import random
from datetime import datetime, timezone

import pytest

from jupyterlite_asgi.hosts.browser.jar import Jar

URL = "https://example.org/asgi/app/"
NOW = 1_000_000_000.0  # 2001-09-09 01:46:40
MAX_AGE = 34_560_000  # 400 days


def lifetime(rest: bytes, now: float = NOW) -> float | None:
    """The lifetime of a cookie in seconds: 0 if it is not kept, None if it does not expire."""
    jar = Jar("/asgi/app", lambda: now)
    jar.set(URL, b"a=1; " + rest)
    for cookie in jar.visible():
        return None if cookie.expires is None else cookie.expires / 1000 - now
    return 0


def seconds(*date: int) -> float:
    year, month, day, hour, minute, second = date
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp()


def day_before(*date: int) -> float:
    return seconds(*date) - 24 * 60 * 60


@pytest.mark.parametrize(
    ("rest", "age"),
    [
        (b"", None),
        (b"Max-Age=1", 1),
        (b"max-age = 3600 ", 3600),
        (b"Max-Age=007", 7),
        (b"Max-Age=0", 0),
        (b"Max-Age=-0", 0),
        (b"Max-Age=-1", 0),
        (b"Max-Age=%d" % MAX_AGE, MAX_AGE),
        (b"Max-Age=%d" % (MAX_AGE + 1), MAX_AGE),
        (b"Max-Age=" + b"9" * 1024, MAX_AGE),
        (b"Max-Age=-" + b"9" * 1023, 0),
        (b"Max-Age=" + b"9" * 1025, None),
        (b"Max-Age=", None),
        (b"Max-Age", None),
        (b"Max-Age=-", None),
        (b"Max-Age=+1", None),
        (b"Max-Age=--1", None),
        (b"Max-Age=1.5", None),
        (b"Max-Age=1e3", None),
        (b"Max-Age=1 0", None),
        (b'Max-Age="1"', None),
        (b"Max-Age=\xd9\xa1", None),
        (b"Max-Age=1; Max-Age=2", 2),
        (b"Max-Age=1; Max-Age=x", 1),
        (b"Max-Age=1; Max-Age=0", 0),
        (b"Max-Age=5; Expires=Mon, 10 Sep 2001 01:46:40 GMT", 5),
        (b"Expires=Mon, 10 Sep 2001 01:46:40 GMT; Max-Age=5", 5),
        (b"Expires=Fri, 10 Aug 2001 01:46:40 GMT; Max-Age=5", 5),
        (b"Expires=Mon, 10 Sep 2001 01:46:40 GMT; Max-Age=x", 86400),
        (b"Expires=Mon, 10 Sep 2001 01:46:40 GMT", 86400),
        (b"eXPIRES=Sun, 09 Sep 2001 01:46:41 GMT", 1),
        (b"Expires=Sun, 09 Sep 2001 01:46:40 GMT", 0),
        (b"Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (b"Expires=Mon, 01 Jan 1601 00:00:00 GMT", 0),
        (b"Expires=Fri, 31 Dec 9999 23:59:59 GMT", MAX_AGE),
        (b"Expires=", None),
        (b"Expires=0", None),
        (b"Expires=-1", None),
        (b"Expires=tomorrow", None),
        (b"Expires=1000000001", None),
        (b"Expires=Mon, 10 Sep 2001 01:46:40 GMT; Expires=soon", 86400),
        (b"Expires=soon; Expires=Mon, 10 Sep 2001 01:46:40 GMT", 86400),
        (b"Expires=Mon, 10 Sep 2001 01:46:40 GMT; Expires=Sun, 09 Sep 2001 01:46:41 GMT", 1),
        (b"Max-Ag=5", None),
        (b"Comment=Mon, 10 Sep 2001 01:46:40 GMT", None),
    ],
)
def test_lifetime(rest: bytes, age: float | None) -> None:
    assert lifetime(rest) == age


@pytest.mark.parametrize(
    ("text", "date"),
    [
        # the three forms of RFC 9110, section 5.6.7
        (b"Sun, 06 Nov 1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        (b"Sunday, 06-Nov-94 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        (b"Sun Nov  6 08:49:37 1994", (1994, 11, 6, 8, 49, 37)),
        # other formats found on the web
        (b"Sun, 06-Nov-1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        (b"06 nov 1994 08:49:37", (1994, 11, 6, 8, 49, 37)),
        (b"1994 6 NOVEMBER 8:9:7", (1994, 11, 6, 8, 9, 7)),
        (b"08:49:37 1994 6 Novem", (1994, 11, 6, 8, 49, 37)),
        (b"6,Nov/1994(08:49:37)", (1994, 11, 6, 8, 49, 37)),
        (b"\t6[Nov]1994{08:49:37}~", (1994, 11, 6, 8, 49, 37)),
        (b"6@Nov`1994?08:49:37", (1994, 11, 6, 8, 49, 37)),
        (b"6 Nov 1994 08:49:37.123 +0100 (CET)", (1994, 11, 6, 8, 49, 37)),
        (b"6 Nov 1994 08:49:37GMT", (1994, 11, 6, 8, 49, 37)),
        (b"6 Nov 1994 08:49:37 PM", (1994, 11, 6, 8, 49, 37)),
        (b"6th Nov 1994th 08:49:37", (1994, 11, 6, 8, 49, 37)),
        (b"6:30 Nov 1994 08:49:37", (1994, 11, 6, 8, 49, 37)),
        (b"6\xff Nov\xff 1994\xff 08:49:37\xff", (1994, 11, 6, 8, 49, 37)),
        (b"6 Nov 1994 08:49:37 7 Dec 1995 09:50:38", (1994, 11, 6, 8, 49, 37)),
        (b"6 Nov 94 08:49:37", (1994, 11, 6, 8, 49, 37)),
        (b"31 Dec 99 23:59:59", (1999, 12, 31, 23, 59, 59)),
        (b"1 Jan 70 00:00:00", (1970, 1, 1, 0, 0, 0)),
        (b"1 Jan 070 00:00:00", (1970, 1, 1, 0, 0, 0)),
        (b"1 Jan 69 00:00:00", (2069, 1, 1, 0, 0, 0)),
        (b"1 Jan 00 00:00:00", (2000, 1, 1, 0, 0, 0)),
        (b"94 Nov 6 08:49:37 95", None),
        (b"29 Feb 2000 00:00:00", (2000, 2, 29, 0, 0, 0)),
        (b"29 Feb 1999 00:00:00", None),
        (b"31 Apr 1994 08:49:37", None),
        (b"0 Nov 1994 08:49:37", None),
        (b"32 Nov 1994 08:49:37", None),
        (b"6 Nov 1994 24:00:00", None),
        (b"6 Nov 1994 08:60:00", None),
        (b"6 Nov 1994 08:00:60", None),
        (b"1 Jan 1601 00:00:00", (1601, 1, 1, 0, 0, 0)),
        (b"31 Dec 1600 23:59:59", None),
        (b"6 Nov 100 08:49:37", None),
        (b"6 Nov 9999 08:49:37", (9999, 11, 6, 8, 49, 37)),
        (b"6 Nov 19940 08:49:37", None),
        (b"6 Nov 4 08:49:37", None),
        (b"006 Nov 1994 08:49:37", None),
        (b"6 Nov 1994 008:49:37", None),
        (b"6 Nov 1994 08:049:37", None),
        (b"6 Nov 1994 08:49:037", None),
        (b"6 Nov 1994 08:49", None),
        (b"6 Nov 1994", None),
        (b"6 Nov 08:49:37", None),
        (b"Nov 1994 08:49:37", None),
        (b"6 1994 08:49:37", None),
        (b"6 No 1994 08:49:37", None),
        (b"6 xNov 1994 08:49:37", None),
        (b"6\xc2\xa0Nov 1994 08:49:37", None),
        (b"6_Nov_1994_08:49:37", (1994, 11, 6, 8, 49, 37)),
    ],
)
def test_date_formats(text: bytes, date: tuple[int, ...] | None) -> None:
    now = day_before(*date) if date else NOW
    assert lifetime(b"Expires=" + text, now) == (24 * 60 * 60 if date else None)


def test_random_http_dates_are_parsed() -> None:
    choose = random.Random(6265)
    for _ in range(500):
        now = float(choose.randrange(int(NOW)))
        age = choose.randrange(1, MAX_AGE)
        date = datetime.fromtimestamp(now + age, timezone.utc)
        assert lifetime(f"Expires={date:%a, %d %b %Y %H:%M:%S} GMT".encode(), now) == age
        assert lifetime(f"Expires={date:%A, %d-%b-%y %H:%M:%S} GMT".encode(), now) == age


def test_cookie_expires() -> None:
    time = [NOW]
    jar = Jar("/asgi/app", lambda: time[0])
    jar.set(URL, b"a=1; Max-Age=10")
    jar.set(URL, b"b=2")
    time[0] += 9.999
    assert jar.header(URL) == b"a=1; b=2"
    time[0] = NOW + 10
    assert jar.header(URL) == b"b=2"
    time[0] = NOW
    assert jar.header(URL) == b"b=2"
    time[0] = NOW + 100 * MAX_AGE
    assert [cookie.name for cookie in jar.visible()] == ["b"]


def test_cookie_is_renewed() -> None:
    time = [NOW]
    jar = Jar("/asgi/app", lambda: time[0])
    jar.set(URL, b"a=1; Max-Age=10")
    time[0] += 5
    jar.set(URL, b"a=1; Max-Age=10")
    time[0] += 9
    assert jar.header(URL) == b"a=1"


@pytest.mark.parametrize(
    "line",
    [b"a=; Max-Age=0", b"a=2; Max-Age=-1", b"a; Max-Age=0", b"a=; Expires=1 Jan 1970 00:00:00"],
)
def test_expired_cookie_deletes_the_stored_one(line: bytes) -> None:
    jar = Jar("/asgi/app", lambda: NOW)
    jar.set(URL, b"a=1; Path=/")
    jar.set(f"{URL}x/y", line + b"; Path=/x")
    assert jar.header(URL) == b"a=1"
    jar.set(f"{URL}x/y", line + b"; Path=/")
    assert jar.header(URL) == (b"" if line.startswith(b"a=") else b"a=1")


def test_jar_uses_the_system_clock_by_default() -> None:
    jar = Jar("/asgi/app")
    jar.set(URL, b"a=1; Max-Age=1000")
    jar.set(URL, b"b=1; Expires=1 Jan 2020 00:00:00")
    assert jar.header(URL) == b"a=1"
