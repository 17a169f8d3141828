"""Parses ``Set-Cookie`` (RFC 6265bis, draft-ietf-httpbis-rfc6265bis-22, section 5.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from math import inf
from typing import Literal

SameSite = Literal["strict", "lax", "none"]

#: The maximum lifetime of a cookie in seconds: 400 days (section 5.5).
MAX_AGE = 400 * 24 * 60 * 60

#: The maximum bytes of name and value together, and of an attribute's value (section 5.6).
PAIR_SIZE = 4096
ATTRIBUTE_SIZE = 1024

_SPACE = b" \t"
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_INTEGER = re.compile(rb"-?[0-9]+")
_SAME_SITE: dict[bytes, SameSite] = {b"strict": "strict", b"none": "none"}

# The parts of a date, in the order in which section 5.1.1 tries them on each token.
_MONTHS = b"jan feb mar apr may jun jul aug sep oct nov dec".split()
_DELIMITERS = re.compile(rb"[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_DATE_PARTS = {
    "time": re.compile(rb"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])"),
    "day": re.compile(rb"([0-9]{1,2})(?![0-9])"),
    "month": re.compile(b"(" + b"|".join(_MONTHS) + b")"),
    "year": re.compile(rb"([0-9]{2,4})(?![0-9])"),
}


@dataclass(frozen=True)
class Cookie:
    """A cookie as page scripts may see it.

    ``document.cookie`` includes it if ``path`` path-matches the page's (section 5.1.4) and, in a
    page that another site embeds, if ``same_site`` is ``"none"`` (section 5.8.2).
    """

    #: If empty, ``document.cookie`` shows only the value.
    name: str
    value: str
    path: str
    #: Milliseconds since the epoch; None for a session cookie.
    expires: int | None
    secure: bool
    same_site: SameSite


@dataclass
class StoredCookie:
    """A cookie as the jar stores it (section 5.7)."""

    name: bytes
    value: bytes
    domain: str  # empty for a host-only cookie
    path: str
    expires: float  # seconds since the epoch, inf for a session cookie
    used: float
    secure: bool
    http_only: bool
    same_site: SameSite

    def shown(self) -> Cookie:
        """The cookie as page scripts see it."""
        name, value = (part.decode("utf-8", "replace") for part in (self.name, self.value))
        expires = None if self.expires == inf else round(self.expires * 1000)
        return Cookie(name, value, self.path, expires, self.secure, self.same_site)


def read_set_cookie(line: bytes, host: str, now: float) -> StoredCookie | None:
    """Parse a cookie, with its ``Path`` as it is; return None to ignore it (section 5.6)."""
    if _CONTROL.search(line):
        return None
    pair, *parts = line.split(b";")
    name, value = _split(pair if b"=" in pair else b"=" + pair)
    attributes = [
        (name.lower(), value) for name, value in map(_split, parts) if len(value) <= ATTRIBUTE_SIZE
    ]
    last = dict(attributes)
    domain = _domain(last.get(b"domain", b""), host)
    path = last.get(b"path", b"").decode("latin-1")
    secure = b"secure" in last
    same_site = _SAME_SITE.get(last.get(b"samesite", b"").lower(), "lax")
    # A cookie without a name is sent as its value, which must not fake a prefix.
    called = (name or value).lower()
    if (
        domain is None
        or not 0 < len(name) + len(value) <= PAIR_SIZE
        or (same_site == "none" and not secure)
        or (called.startswith((b"__secure-", b"__host-")) and not (secure and name))
        or (called.startswith(b"__host-") and (domain or path != "/"))
    ):
        return None
    return StoredCookie(
        name=name,
        value=value,
        domain=domain,
        path=path if path.startswith("/") else "",
        expires=_expiry(attributes, now),
        used=now,
        secure=secure,
        http_only=b"httponly" in last,
        same_site=same_site,
    )


def _split(pair: bytes) -> tuple[bytes, bytes]:
    name, _, value = pair.partition(b"=")
    return name.strip(_SPACE), value.strip(_SPACE)


def _expiry(attributes: list[tuple[bytes, bytes]], now: float) -> float:
    """Return when a cookie expires: Max-Age precedes Expires; invalid values are ignored."""
    ages = [value for name, value in attributes if name == b"max-age" and _INTEGER.fullmatch(value)]
    if ages:
        return now + max(0, min(int(ages[-1]), MAX_AGE))
    dates = [_date(value) for name, value in attributes if name == b"expires"]
    known = [date for date in dates if date is not None]
    return min(known[-1], now + MAX_AGE) if known else inf


def _date(text: bytes) -> float | None:
    """Parse a date into seconds since the epoch; return None if it is invalid (5.1.1)."""
    found: dict[str, tuple[bytes, ...]] = {}
    for token in _DELIMITERS.split(text.lower()):
        for part, pattern in _DATE_PARTS.items():
            if part not in found and (match := pattern.match(token)):
                found[part] = match.groups()
                break
    if len(found) < len(_DATE_PARTS):
        return None
    year = int(found["year"][0])
    if year < 100:
        year += 1900 if year >= 70 else 2000
    month, day = _MONTHS.index(found["month"][0]) + 1, int(found["day"][0])
    hour, minute, second = map(int, found["time"])
    try:
        date = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    return date.timestamp() if year >= 1601 else None


def _domain(asked: bytes, host: str) -> str | None:
    """Return a cookie's domain, empty if host-only; None if not allowed (5.7, steps 7 to 10).

    Instead of a list of public suffixes, a name without a dot is taken to be one.
    """
    domain = asked.lower().removeprefix(b".").decode("latin-1")
    indivisible = "." not in domain or host.rpartition(".")[2].isdigit()
    if not domain or (indivisible and domain == host):
        return ""
    return domain if not indivisible and f".{host}".endswith(f".{domain}") else None
