"""Sends the events of this kernel's apps to the JupyterLab page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..serving.events import AppEvent, Failed, RequestFinished, Served, Starting, to_fields

if TYPE_CHECKING:
    from comm.base_comm import BaseComm

#: The comm target that the labextension registers.
TARGET = "jupyterlite-asgi"


class CommListener:
    """Sends each app's events over a comm, which opens when the app starts."""

    def __init__(self) -> None:
        self._comms: dict[str, BaseComm] = {}

    def __call__(self, event: AppEvent) -> None:
        """Send ``event``, except for single requests, which are too many."""
        if isinstance(event, RequestFinished):
            return
        if isinstance(event, Served | Failed):
            self._comms[event.name].send(to_fields(event))
            return
        old = self._comms.pop(event.name, None)
        if isinstance(event, Starting):
            from comm import create_comm

            # A new comm, because the page may have reconnected to this kernel.
            self._comms[event.name] = create_comm(target_name=TARGET, data=to_fields(event))
        elif old is not None:
            old.send(to_fields(event))
        if old is not None:
            old.close()
