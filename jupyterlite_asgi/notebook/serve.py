"""``serve()`` and ``servers()``, and their output in a cell."""

from __future__ import annotations

import contextvars
import keyword
import re
import sys
from collections.abc import Coroutine
from typing import Any

from .. import patches
from ..hosts.detect import find_host
from ..serve_options import (
    CONCURRENCY,
    HEADERS,
    LONGEST,
    STARTUP_TIMEOUT,
    TIMEOUT,
    Options,
    is_name,
)
from ..serving.app_type import as_asgi
from ..serving.middleware.prefix import suggest_stripping, without_prefix
from ..serving.registry import Registry
from ..serving.server import Server
from .comm import CommListener


def serve(
    app: object,
    name: str | None = None,
    *,
    open: str = "panel",
    timeout: float = TIMEOUT,
    startup_timeout: float = STARTUP_TIMEOUT,
    replace: bool = False,
    inject: bool = True,
    interface: str | None = None,
    strip_prefix: bool = False,
    limit_concurrency: int = CONCURRENCY,
    limit_headers: int = HEADERS,
    limit_body: int | None = None,
) -> Coroutine[Any, Any, Server]:
    """Serve an app from this notebook; await the result.

    If the name is already in use in this notebook, its app is replaced: requests wait while the old
    app's lifespan shuts down and the new one's starts.

    Args:
        app: an ASGI or WSGI app.
        name: the app's name in the URL, ``<site>/asgi/<name>/``: letters, digits, ``-`` and ``_``.
            By default the name of the caller's variable that holds the app, else ``app``.
        open: where to show it: in a ``panel`` beside the notebook, ``inline`` below the cell, in a
            browser ``tab``, or nowhere (``none``).
        timeout: seconds to the first byte of a response; then the client gets 504 and the request's
            task is cancelled. Above 300, Chromium ends the request first.
        startup_timeout: seconds that the app's lifespan has to start.
        replace: take the name over from another notebook. By default the app is served as
            ``name-2`` instead.
        inject: whether the app's pages get the page script, without which their own scripts see no
            cookies, and root-relative links lead out of the app.
        interface: ``asgi3``, ``asgi2`` or ``wsgi``, for an app whose interface is not recognized.
        strip_prefix: whether the app gets paths as if it were at the root of its origin, with an
            empty ``root_path``. For apps that compare whole paths; their URLs still work.
        limit_concurrency: how many requests may run at once until their responses start; as many
            more wait, and the others get 503.
        limit_headers: the maximum bytes of a request's headers, above which it gets 431.
        limit_body: the maximum bytes of a request's body, above which it gets 413. By default there
            is no maximum.

    Returns:
        The server, which is displayed as a card with a link and its state.

    Raises:
        ServeError: the app cannot be served; the message says what to do.
        Exception: the app raised this in its lifespan's startup.
    """
    frame = sys._getframe(1)
    variable = _variable(app, frame.f_locals) or _variable(app, frame.f_globals) or "app"
    options = Options(
        name=name,
        open=open,
        timeout=timeout,
        startup_timeout=startup_timeout,
        replace=replace,
        inject=inject,
        interface=interface,
        strip_prefix=strip_prefix,
        limit_concurrency=limit_concurrency,
        limit_headers=limit_headers,
        limit_body=limit_body,
    )
    return serve_expression(app, variable, options)


def servers() -> list[Server]:
    """Return the apps that this kernel serves, sorted by name."""
    return registry.servers()


async def serve_expression(app: object, expression: str, options: Options) -> Server:
    """Like ``serve``, for an app whose source code is ``expression``."""
    asgi = as_asgi(app, expression, options.interface)
    asgi = without_prefix(asgi) if options.strip_prefix else suggest_stripping(asgi, _suggest)
    patches.install()
    if options.timeout > LONGEST:
        print(
            "Chromium ends a request that has no response after 310 seconds, so with a timeout of "
            f"{options.timeout:g} clients may get a network error: choose {LONGEST:g} or less."
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
    """Return a name for the value of ``expression``: its first identifier, if valid."""
    identifier = re.match(r"\s*(\w*)", expression)
    name = (identifier[1] if identifier else "").strip("_")
    return name if is_name(name) and not keyword.iskeyword(name) else "app"


def _show_inline(server: Server) -> None:
    from IPython.display import IFrame, display

    extras = ['class="jp-asgi-Inline"', f'title="{server.name}"']
    display(IFrame(server.url, width="100%", height=400, extras=extras))


def _suggest(sentence: str) -> None:
    """Print a sentence below the cell that ran last, although a request is being handled."""
    contextvars.Context().run(print, sentence)


def _variable(app: object, namespace: dict[str, Any]) -> str | None:
    for name, value in list(namespace.items()):
        if value is app and not name.startswith("_"):
            return name
    return None


#: The apps of this kernel.
registry = Registry(find_host, CommListener())
