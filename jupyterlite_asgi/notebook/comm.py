"""Sends the events of this kernel's apps to the JupyterLab page."""

from __future__ import annotations

from typing import Any, Protocol

from ..serving.events import AppEvent, Failed, RequestFinished, Served, to_fields

#: The comm target that the labextension registers.
TARGET = "jupyterlite-asgi"


class Comm(Protocol):
    """A comm to the page, which carries events but no requests."""

    def send(self, data: dict[str, Any]) -> None:
        """Send a message."""

    def close(self) -> None:
        """Close the comm."""


class CommListener:
    """Sends each app's events over a comm, which opens when the app is served."""

    def __init__(self) -> None:
        self._comms: dict[str, Comm] = {}

    def __call__(self, event: AppEvent) -> None:
        """Send ``event``, except for single requests, which are too many."""
        if isinstance(event, RequestFinished):
            return
        old = self._comms.pop(event.name, None)
        if isinstance(event, Served | Failed):
            # A new comm, because the page may have reconnected to this kernel.
            self._comms[event.name] = open_comm(to_fields(event))
        elif old is not None:
            old.send(to_fields(event))
        if old is not None:
            old.close()


def open_comm(data: dict[str, Any]) -> Comm:
    """Open a comm to the page, with ``data`` as its first message."""
    from comm import create_comm

    comm: Comm = create_comm(target_name=TARGET, data=data)
    return comm
