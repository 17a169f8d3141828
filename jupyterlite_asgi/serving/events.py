"""Events of served apps.

``src/events.ts`` declares the same, and both test suites read the samples in ``tests/events.json``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True, slots=True)
class Starting:
    """An app is starting, for the first time or in place of another."""

    type: ClassVar[str] = "starting"
    name: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """An app has started."""

    type: ClassVar[str] = "served"
    name: str
    url: str
    #: Where to show it: see ``Options.open``.
    open: str


@dataclasses.dataclass(frozen=True, slots=True)
class Failed:
    """An app did not start; its URL shows why."""

    type: ClassVar[str] = "failed"
    name: str
    url: str
    open: str


@dataclasses.dataclass(frozen=True, slots=True)
class Stopped:
    """An app has stopped, and its name is free."""

    type: ClassVar[str] = "stopped"
    name: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """Another process has taken the name of an app over."""

    type: ClassVar[str] = "taken"
    name: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class RequestFinished:
    """A response is complete, or was cut off."""

    type: ClassVar[str] = "request-finished"
    name: str
    url: str
    method: str
    #: Relative to the app's root.
    path: str
    #: 0 if there was no response.
    status: int
    #: Milliseconds since the epoch.
    started: int
    #: Milliseconds.
    duration: float


AppEvent = Starting | Served | Failed | Stopped | Taken | RequestFinished

#: Called with each event; must not raise.
Listener = Callable[[AppEvent], object]


def to_fields(event: AppEvent) -> dict[str, Any]:
    """Return an event's fields for JSON, including its type."""
    return {"type": event.type, **dataclasses.asdict(event)}
