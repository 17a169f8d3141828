"""``serve()`` and ``servers()``, and what a cell prints of them."""

from __future__ import annotations

import keyword
import re
import sys
import traceback
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from .. import patches
from ..hosts.detect import find_host
from ..serving.asgi import as_asgi
from ..serving.options import LONGEST, TIMEOUT, Options, is_name
from ..serving.registry import Registry
from .comm import CommListener

if TYPE_CHECKING:
    from ..serving.server import Server


def serve(
    app: object,
    name: str | None = None,
    *,
    open: str = "panel",
    timeout: float = TIMEOUT,
    replace: bool = False,
    inject: bool = True,
) -> Coroutine[Any, Any, Server]:
    """Serve an ASGI app from this notebook; to be awaited.

    An app that is served under the name already is replaced: requests wait, the old app's lifespan
    shuts down, the new one's starts, the requests go on.

    Args:
        app: an ASGI 3 application.
        name: the app's part of the URL, ``<site>/asgi/<name>/``: letters, digits, ``-`` and ``_``.
            By default the name of the caller's variable that holds the app, else ``app``.
        open: where to show it: ``panel`` beside the notebook, ``inline`` below the cell, ``tab`` of
            its own, or ``none``.
        timeout: seconds that a request may take to its first byte; after that its reader gets 504
            and its task is cancelled. Above 300, Chromium ends the request first.
        replace: take the name over where another notebook serves it. Without that the app is served
            as ``name-2``.
        inject: whether the app's pages get our script, without which their own scripts see no
            cookies, and links to the origin's root lead out of the app.

    Returns:
        The server, which shows itself as a card with link and state.

    Raises:
        ServeError: it cannot be served; the message says what to do.
        Exception: what the app raised in its lifespan's start-up.
    """
    frame = sys._getframe(1)
    variable = _variable(app, frame.f_locals) or _variable(app, frame.f_globals) or "app"
    return serve_expression(app, variable, Options(name, open, timeout, replace, inject))


def servers() -> list[Server]:
    """The apps that this kernel serves, by name."""
    return registry.servers()


async def serve_expression(app: object, expression: str, options: Options) -> Server:
    """Serve ``app``, which its author wrote as ``expression``; else like ``serve``."""
    asgi = as_asgi(app, expression)
    patches.install()
    if options.timeout > LONGEST:
        print(
            "Chromium ends a request that is unanswered for 310 seconds, so with a timeout of "
            f"{options.timeout:g} its reader sees a bare network error: choose {LONGEST:g} or less."
        )
    name = options.name or url_name(expression)
    before = {server.name for server in servers()}
    server = await registry.serve(asgi, name, options)
    if server.name not in {name, *before}:
        print(
            f"{name!r} is served from another notebook, so this app is {server.name!r}; "
            "to take the name over, add --replace."
        )
    if options.open == "inline" and server.state == "running":
        _show_inline(server)
    return server


def url_name(expression: str) -> str:
    """A name for the value of ``expression``: its first identifier, as far as it fits a URL."""
    identifier = re.match(r"\s*(\w*)", expression)
    name = (identifier[1] if identifier else "").strip("_")
    return name if is_name(name) and not keyword.iskeyword(name) else "app"


def _show_inline(server: Server) -> None:
    from IPython.display import IFrame, display

    extras = ['class="jp-asgi-Inline"', f'title="{server.name}"']
    display(IFrame(server.url, width="100%", height=400, extras=extras))


def report(sentence: str, error: Exception) -> None:
    """Print what nobody awaits."""
    print(sentence, file=sys.stderr)
    traceback.print_exception(error)


def _variable(app: object, namespace: dict[str, Any]) -> str | None:
    for name, value in list(namespace.items()):
        if value is app and not name.startswith("_"):
            return name
    return None


#: The apps of this kernel.
registry = Registry(find_host, CommListener(), report)
