"""``serve()``, ``servers()`` and what keeps the names apart."""

from __future__ import annotations

import asyncio
import keyword
import math
import re
import sys
import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from . import mends
from .apps import as_asgi
from .errors import ServeError
from .host import Host, Post, find_host
from .protocol import CookieWrite, Request
from .server import TIMEOUT, Server

#: Where an app can be opened.
PLACES = ("panel", "inline", "tab", "none")

#: Seconds of a timeout that runs out before Chromium ends an unanswered request by itself.
LONGEST_TIMEOUT = 300.0

#: How many names are tried, ``app`` to ``app-9``, before serving gives up.
_ATTEMPTS = 9
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

_servers: dict[str, Server] = {}
_renamed: dict[str, str] = {}  # names that were asked for, where another was free
_changing = asyncio.Lock()  # serving and stopping take turns
_tasks: set[asyncio.Task[None]] = set()  # a loop alone holds tasks only weakly


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
        inject: whether the app's pages get a script of ours, without which their own scripts see no
            cookies, and links to the origin's root lead out of the app.

    Returns:
        The server, which shows itself as a card with link and state.

    Raises:
        ServeError: it cannot be served; the message says what to do.
        Exception: what the app raised in its lifespan's start-up.
    """
    frame = sys._getframe(1)
    variable = _variable(app, frame.f_locals) or _variable(app, frame.f_globals)
    known_as = variable or "app"
    return serve_as(app, known_as, name, open, timeout=timeout, replace=replace, inject=inject)


def servers() -> list[Server]:
    """The apps that this kernel serves, by name."""
    return [_servers[name] for name in sorted(_servers)]


def named(name: str | None) -> Server:
    """The server of that name, or the only one.

    Raises:
        ServeError: there is none, or no name was given and there are several.
    """
    known = ", ".join(sorted(_servers))
    if not _servers:
        raise ServeError("No app is served; start one with `%asgi_serve app`.")
    if name is None and len(_servers) == 1:
        return next(iter(_servers.values()))
    if name is None:
        raise ServeError(f"Several apps are served: say which to stop, one of {known}.")
    if name not in _servers:
        raise ServeError(f"No app is served as {name!r}; there is {known}.")
    return _servers[name]


async def stop(server: Server) -> None:
    """Shut ``server`` down and give its name free; see ``Server.stop``."""
    async with _changing:
        if _servers.get(server.name) is server:
            _forget_rename(server.name)
            await _stop(server)


async def _stop(server: Server) -> None:
    _servers.pop(server.name, None)
    # The lock is kept until the requests in flight are answered: without it they are lost.
    if server.endpoint is not None:
        server.endpoint.serve(_Refusal(server.timeout))
    try:
        await server.shut_down("stopped")
    finally:
        await _let_go(server)


async def _let_go(server: Server) -> None:
    try:
        # First, for the page that is told asks at once what is served.
        if server.endpoint is not None:
            await server.endpoint.close()
    finally:
        if server.comm is not None:
            server.comm.close()


def _forget_rename(name: str) -> None:
    for asked in [asked for asked, given in _renamed.items() if given == name]:
        del _renamed[asked]


def url_name(expression: str) -> str:
    """A name for what ``expression`` gives: its first identifier, as far as it fits a URL."""
    identifier = re.match(r"\s*(\w*)", expression)
    name = (identifier[1] if identifier else "").strip("_")
    return name if _NAME.fullmatch(name) and not keyword.iskeyword(name) else "app"


async def serve_as(
    app: object,
    expression: str,
    name: str | None,
    open: str,
    host: Host | None = None,
    *,
    timeout: float = TIMEOUT,
    replace: bool = False,
    inject: bool = True,
) -> Server:
    """Serve ``app``, which its author wrote as ``expression``; else like ``serve``."""
    if open not in PLACES:
        raise ServeError(f"{open!r} is no place to open an app in: choose {', '.join(PLACES)}.")
    if name is not None and not _NAME.fullmatch(name):
        raise ServeError(
            f"{name!r} cannot be a part of the URL: a name has up to 64 letters (A to Z), digits, "
            "“-” and “_”, and begins with a letter or a digit."
        )
    if not 0 < timeout < math.inf:
        raise ServeError(f"A timeout of {timeout:g} makes no sense: give seconds above 0.")
    if timeout > LONGEST_TIMEOUT:
        print(
            "Chromium ends a request that is unanswered for 310 seconds, so with a timeout of "
            f"{timeout:g} its reader sees a bare network error: choose {LONGEST_TIMEOUT:g} or less."
        )
    asgi = as_asgi(app, expression)
    host = host or find_host()
    await host.check()
    mends.mend()
    make = partial(Server, asgi, timeout=timeout, inject=inject)
    async with _changing:
        asked = name or url_name(expression)
        old = _servers.get(_renamed.get(asked, asked))
        if old is not None and (old.name == asked or not replace):
            server = _succeed(make, old)
        else:
            server = await _claim(make, asked, host, replace=replace)
            if old is not None:
                await _retire(old)
                old = None
        return await _start(server, old, open, host)


def _succeed(make: Callable[..., Server], old: Server) -> Server:
    server = make(old.name, old.base_url, jar=old.jar, seat=old.seat)
    server.endpoint = old.endpoint
    if server.endpoint is not None:
        server.endpoint.serve(server)
    _servers[server.name] = server
    return server


async def _start(server: Server, old: Server | None, open: str, host: Host) -> Server:
    try:
        if old is not None:
            await _shut_down_and_report(old, "replaced")
        await server.start_up()
    except Exception as error:
        server.fail(error)  # the page tells what the cell tells
        raise
    except BaseException:
        server.fail(ServeError("Serving this app was cut short: run its cell again."))
        raise
    finally:
        _show(server, open, host)
        if old is not None and old.comm is not None:
            old.comm.close()
    return server


async def _claim(make: Callable[..., Server], name: str, host: Host, *, replace: bool) -> Server:
    for number in range(1, _ATTEMPTS + 1):
        numbered = name if number == 1 else f"{name}-{number}"
        if numbered in _servers:
            continue  # this notebook's own, of another name
        server = make(numbered, host.base_url)
        on_loss = partial(_lose, numbered)
        _servers[numbered] = server  # it may be lost as soon as it is held
        server.endpoint = await host.claim(numbered, server, steal=replace, on_loss=on_loss)
        if server.endpoint is not None:
            _renamed[name] = server.name
            if number > 1:
                print(
                    f"{name!r} is served from another notebook, so this app is {numbered!r}; "
                    "to take the name over, add --replace."
                )
            return server
        del _servers[numbered]
    raise ServeError(
        f"The names {name} to {name}-{_ATTEMPTS} are served from other notebooks: "
        "stop one of those apps, or choose another --name."
    )


def _lose(name: str) -> None:
    """Another notebook has taken the name; runs in the callback that tells so."""
    server = _servers.pop(name, None)
    _forget_rename(name)
    if server is not None:
        task = asyncio.get_running_loop().create_task(_shut_down_taken(server))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


async def _shut_down_taken(server: Server) -> None:
    told = server.comm
    if told is not None:
        told.send({"state": "taken"})
    async with _changing:  # it may be starting
        if server.comm is not None and server.comm is not told:
            server.comm.send({"state": "taken"})
        await _shut_down_and_report(server, "taken")
        if server.comm is not None:
            server.comm.close()


async def _retire(old: Server) -> None:
    """Stop an app whose place another one takes under another name."""
    if _servers.get(old.name) is old:
        try:
            await _stop(old)
        except Exception as error:
            _report(old, error)


async def _shut_down_and_report(old: Server, state: str) -> None:
    try:
        await old.shut_down(state)
    except Exception as error:
        _report(old, error)


def _report(old: Server, error: Exception) -> None:
    print(f"The {old.state} app {old.name!r} failed while it shut down:", file=sys.stderr)
    traceback.print_exception(error)


def _show(server: Server, open: str, host: Host) -> None:
    """Tell the page, which opens the panel or loads it again."""
    data = {"name": server.name, "url": server.url, "open": open, "state": server.state}
    # A comm of its own: the page may have come to a new connection since the last one.
    server.comm = host.open_comm(data)
    if open == "inline" and server.state == "running":
        _show_inline(server)


def _show_inline(server: Server) -> None:
    from IPython.display import IFrame, display

    extras = ['class="jp-asgi-Inline"', f'title="{server.name}"']
    display(IFrame(server.url, width="100%", height=400, extras=extras))


class _Refusal:
    """What answers for an app that is being stopped."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout

    def accept(self, request: Request, post: Post) -> None:
        """Leave a request to the worker, which notices that the app's lock is free."""

    def write(self, write: CookieWrite) -> None:
        """Leave a cookie: there is nobody to send it to."""


def _variable(app: object, namespace: dict[str, Any]) -> str | None:
    for name, value in list(namespace.items()):
        if value is app and not name.startswith("_"):
            return name
    return None
