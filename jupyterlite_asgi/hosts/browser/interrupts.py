"""Handles interrupts, of which a kernel may hear twice: on a channel, and while it is busy."""

from __future__ import annotations

from ... import preemption

#: How many to remember.
KEPT = 100

#: What each has interrupted, by its id, oldest first.
_handled: dict[str, str] = {}


def handle(identifier: str) -> str:
    """Interrupt what is running or suspended, once for each ``identifier``; return what that is."""
    if identifier not in _handled:
        _handled[identifier] = ", ".join(preemption.interrupt())
        if len(_handled) > KEPT:
            del _handled[next(iter(_handled))]
    return _handled[identifier]
