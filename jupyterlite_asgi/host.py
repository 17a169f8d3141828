"""What a served app needs of the world around it; ``transport`` provides it in a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from .errors import ServeError
from .protocol import CookieWrite, FromKernel, FromWorker, Request, ToPages

#: Sends a message to the worker that asked.
Post = Callable[[FromKernel], None]

#: Takes the further messages of an exchange.
Deliver = Callable[[FromWorker], None]

#: Takes a request with the way back to its worker; returns the way in for its further messages, or
#: None if it is not run.
OnRequest = Callable[[Request, Post], Deliver | None]


class Service(Protocol):
    """What answers under a name."""

    timeout: float
    """Seconds that a request may take to its first byte, for workers to know."""

    def accept(self, request: Request, post: Post) -> Deliver | None:
        """Begin a cycle; an ``OnRequest``."""

    def write(self, write: CookieWrite) -> None:
        """Take a cookie that a script of a page has set."""


class Endpoint(Protocol):
    """A name that this kernel holds, and the channel on which its requests arrive."""

    def serve(self, service: Service) -> None:
        """Give what arrives to ``service`` from here on."""

    def tell(self, message: ToPages) -> None:
        """Send ``message`` to the app's pages."""

    @property
    def dropped(self) -> int:
        """How many messages came that this kernel cannot read."""

    async def close(self) -> None:
        """Stop listening and give the name up; afterwards readers find that nobody holds it."""


class Comm(Protocol):
    """The way to the JupyterLab page: control only, never requests."""

    def send(self, data: dict[str, Any]) -> None:
        """Tell the page what has changed."""

    def close(self) -> None:
        """Tell the page that there is nothing more to come."""


class Host(Protocol):
    """The browser and the site that this kernel lives in."""

    base_url: str
    """The site's URL, with a slash at its end."""

    async def check(self) -> None:
        """Return if the site's service worker knows us; raise ServeError that says what to do."""

    async def claim(
        self,
        name: str,
        service: Service,
        *,
        steal: bool = False,
        on_loss: Callable[[], None],
    ) -> Endpoint | None:
        """Hold ``name``; None where another kernel of this site holds it.

        Args:
            name: the served app's.
            service: what is to answer under it.
            steal: take it from the kernel that holds it.
            on_loss: called when another kernel has taken it from us.
        """

    def open_comm(self, data: dict[str, Any]) -> Comm:
        """Tell the JupyterLab page of a served app."""


def find_host(platform: str = sys.platform) -> Host:
    """The host of this kernel.

    Args:
        platform: as ``sys.platform`` has it.

    Raises:
        ServeError: there is none here; the message says where there is.
    """
    if platform != "emscripten":
        raise ServeError(
            "Apps are served in a JupyterLite site only, where the kernel runs in the browser: "
            "with a Python of its own, run `uvicorn module:app` instead."
        )
    try:
        from .transport import BrowserHost
    except ImportError:
        raise ServeError(
            "Apps are served by the Pyodide kernel only: "
            "choose “Python (Pyodide)” under the menu Kernel, Change Kernel…"
        ) from None
    return BrowserHost()
