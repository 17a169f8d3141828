"""What tests of cookies share: a place, a clock, and what a jar makes of lines."""

from __future__ import annotations

from typing import Any

from jupyterlite_asgi.hosts.browser.jar import Jar

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
