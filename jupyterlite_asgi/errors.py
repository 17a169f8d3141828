"""The exceptions of this package; the message of each is one sentence."""

from __future__ import annotations


class ServeError(Exception):
    """An app cannot be served; the message says what to do instead."""

    def _render_traceback_(self) -> list[str]:
        """Show only the message in a cell: IPython's hook for errors without a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ClientDisconnected(OSError):
    """Raised by ``send()`` after the client has disconnected (ASGI HTTP spec 2.4)."""


class LifespanFailed(Exception):
    """The app reported ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``."""


class MalformedResponse(Exception):
    """The app's response violates HTTP or ASGI; ``fault`` says how."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(str(fault))
        self.fault = fault


class ResponseAborted(Exception):
    """A response that has started cannot be completed; the message says why."""


class Undecodable(ResponseAborted):
    """A body does not match its Content-Encoding, or Python cannot decode it here."""
