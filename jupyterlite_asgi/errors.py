"""What goes wrong before a request is answered, in one sentence each."""

from __future__ import annotations


class ServeError(Exception):
    """An app cannot be served as asked; the message says what to do instead."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone in a cell: IPython's protocol for errors without a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ClientDisconnected(OSError):
    """Raised by ``send()`` once the reader is gone (ASGI HTTP spec 2.4)."""


class LifespanFailed(Exception):
    """The app reported ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``."""


class MalformedResponse(Exception):
    """The app's response breaks the rules of HTTP or ASGI, as ``fault`` says."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(str(fault))
        self.fault = fault


class ResponseAborted(Exception):
    """A response that has begun cannot be completed; the message says why."""


class Undecodable(ResponseAborted):
    """A body is not in the coding that its headers name, or in one that cannot be decoded here."""
