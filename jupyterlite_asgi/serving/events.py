"""What happens to served apps, for whoever shows it.

The TypeScript side declares the same in ``src/events.ts``; ``tests/events.json`` holds a sample of
each, which both test suites read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """An app has started, for the first time or in place of another."""

    type: ClassVar[str] = "served"
    name: str
    url: str
    #: Where its author wants to see it: an ``Options.open``.
    open: str


@dataclasses.dataclass(frozen=True, slots=True)
class Failed:
    """An app did not start; its URL says why."""

    type: ClassVar[str] = "failed"
    name: str
    url: str
    open: str


@dataclasses.dataclass(frozen=True, slots=True)
class Stopped:
    """An app was stopped, and its name is free."""

    type: ClassVar[str] = "stopped"
    name: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """Another process has taken the name of an app."""

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
    #: Below the app's root.
    path: str
    #: 0 if there was no response.
    status: int
    #: Milliseconds since the epoch.
    started: int
    #: Milliseconds.
    duration: float


AppEvent = Served | Failed | Stopped | Taken | RequestFinished

#: Takes each event as it happens; must not raise.
Listener = Callable[[AppEvent], object]


def ignore(event: AppEvent) -> None:
    """Take an event, where nobody looks."""


def to_fields(event: AppEvent) -> dict[str, Any]:
    """An event as JSON has it, with its type among the fields."""
    return {"type": event.type, **dataclasses.asdict(event)}
