"""Handles interrupts, of which a kernel may hear twice: on a channel, and while it is busy."""

from __future__ import annotations

from collections import deque

from ... import preemption

_handled: deque[str] = deque(maxlen=100)


def handle(identifier: str) -> str:
    """Interrupt what is running or suspended, once for each ``identifier``; return what that is."""
    if identifier in _handled:
        return ""
    _handled.append(identifier)
    return ", ".join(preemption.interrupt())
