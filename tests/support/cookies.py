"""Helpers for tests of cookies: a URL, a clock, and what a jar does with ``Set-Cookie`` lines."""

from __future__ import annotations

from typing import Any

from jupyterlite_asgi.hosts.browser.jar import Jar

ROOT = "/demo/asgi/shop"
HERE = f"https://example.org{ROOT}/"
LIMIT = 180
CROSS: dict[str, Any] = {"cross_site": True}


class Clock:
    """A clock, in seconds since the epoch, that a test advances."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


def sent(*lines: bytes, at: str = HERE, to: str = HERE) -> bytes:
    """The ``Cookie`` header for the URL ``to`` after the URL ``at`` has set ``lines``."""
    jar = Jar(ROOT, Clock())
    for line in lines:
        jar.set(at, line)
    return jar.header(to)


def kept(line: bytes, at: str = HERE, **how: Any) -> bool:
    """Whether a jar accepts a cookie."""
    jar = Jar(ROOT, Clock())
    jar.set(at, line, **how)
    return jar.header(f"{HERE}x/y") != b""


def named(jar: Jar) -> list[str]:
    return [cookie.name for cookie in jar.visible()]
