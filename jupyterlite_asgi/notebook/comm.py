"""The notebook's listener: tells the JupyterLab page what happens to the apps of this kernel."""

from __future__ import annotations

from typing import Any, Protocol

from ..serving.events import AppEvent, Failed, RequestFinished, Served, to_fields

#: The comm target that the labextension registers.
TARGET = "jupyterlite-asgi"


class Comm(Protocol):
    """The way to the page: control only, never requests."""

    def send(self, data: dict[str, Any]) -> None:
        """Send a message."""

    def close(self) -> None:
        """Send that there is nothing more to come."""


class CommListener:
    """Sends the events of each app over a comm, which its being served opens."""

    def __init__(self) -> None:
        self._comms: dict[str, Comm] = {}

    def __call__(self, event: AppEvent) -> None:
        """Send ``event``, unless it is of a single request: of these there are too many."""
        if isinstance(event, RequestFinished):
            return
        old = self._comms.pop(event.name, None)
        if isinstance(event, Served | Failed):
            # A new one: the page may have another connection to this kernel by now.
            self._comms[event.name] = open_comm(to_fields(event))
        elif old is not None:
            old.send(to_fields(event))
        if old is not None:
            old.close()


def open_comm(data: dict[str, Any]) -> Comm:
    """Open a comm to the page with ``data``."""
    from comm import create_comm

    comm: Comm = create_comm(target_name=TARGET, data=data)
    return comm
