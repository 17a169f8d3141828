"""Sanic, which has a server of its own: a compiled parser, one app of a name, no prefix."""

from __future__ import annotations

import functools
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

from .root_path import raw_path_below, root_of


class URL(NamedTuple):
    """The parts of a URL that Sanic reads, as httptools has them."""

    path: bytes
    query: bytes | None


def patch_parser(module: ModuleType) -> None:
    """Stand in for httptools, of which requests want one function. Seen in Sanic 25.12.

    It has no wheel that runs here. The browser has parsed all else.
    """
    if importlib.util.find_spec("httptools") is not None:
        return
    names = ("httptools", "httptools.parser", "httptools.parser.errors")
    specs = (ModuleSpec(name, None, is_package=True) for name in names)
    package, parser, errors = map(importlib.util.module_from_spec, specs)
    vars(package).update(parse_url=parse_url, parser=parser)
    vars(parser).update(errors=errors)
    vars(errors).update(HttpParserInvalidURLError=ValueError)
    sys.modules |= dict(zip(names, (package, parser, errors), strict=True))


def parse_url(url: bytes) -> URL:
    """The parts of what a request asks for (RFC 9112, section 3.2.1).

    Raises:
        ValueError: it is no path.
    """
    if not url.startswith(b"/"):
        raise ValueError(f"invalid url {url!r}")
    path, _, query = url.partition(b"?")
    return URL(path, query or None)


def patch_prefix(module: ModuleType) -> None:
    """Route by what lies below the path where the app is mounted. Seen in Sanic 25.12.

    It reads the path as a browser has sent it, and no ``root_path``.
    """
    create = module.ASGIApp.create

    @functools.wraps(create)
    async def create_below(app: Any, scope: Any, receive: Any, send: Any) -> Any:
        scope = {**scope, "raw_path": raw_path_below(scope["raw_path"], root_of(scope))}
        return await create(app, scope, receive, send)

    module.ASGIApp.create = staticmethod(create_below)


def patch_apps(module: ModuleType) -> None:
    """Let a cell that makes and serves an app run again. Seen in Sanic 25.12.

    A second app of a name is refused, and so is a second start of an app. Sanic rewrites functions
    of its own when an app starts, to make them faster, and can do so once.
    """
    register, start = module.Sanic.register_app.__func__, module.Sanic._startup

    @functools.wraps(register)
    def register_anew(cls: Any, app: Any) -> None:
        cls._app_registry.pop(getattr(app, "name", None), None)
        register(cls, app)

    @functools.wraps(start)
    async def start_anew(self: Any) -> None:
        for router in (self.router, self.signal_router):
            if router.finalized:
                router.reset()
        self.config.TOUCHUP = False
        await start(self)

    module.Sanic.register_app = classmethod(register_anew)
    module.Sanic._startup = start_anew
