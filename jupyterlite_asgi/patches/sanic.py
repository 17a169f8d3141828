"""Sanic, which relies on its own server: a compiled parser, unique app names, no prefix."""

from __future__ import annotations

import functools
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

from .root_path import raw_path_below, root_of


class URL(NamedTuple):
    """The parts of a URL that Sanic reads, as in httptools."""

    path: bytes
    query: bytes | None


def patch_parser(module: ModuleType) -> None:
    """Replace httptools, which has no wheel for browsers. Seen in Sanic 25.12.

    Requests need only one of its functions.
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
    """Split a request target in origin form (RFC 9112, section 3.2.1).

    Raises:
        ValueError: it is not in that form.
    """
    if not url.startswith(b"/"):
        raise ValueError(f"invalid url {url!r}")
    path, _, query = url.partition(b"?")
    return URL(path, query or None)


def patch_prefix(module: ModuleType) -> None:
    """Route by the path below the one where the app is mounted. Seen in Sanic 25.12.

    It reads ``raw_path``, and ignores ``root_path``.
    """
    create = module.ASGIApp.create

    @functools.wraps(create)
    async def create_below(app: Any, scope: Any, receive: Any, send: Any) -> Any:
        scope = {**scope, "raw_path": raw_path_below(scope["raw_path"], root_of(scope))}
        return await create(app, scope, receive, send)

    module.ASGIApp.create = staticmethod(create_below)


def patch_apps(module: ModuleType) -> None:
    """Let a cell that creates and serves an app run again. Seen in Sanic 25.12.

    Sanic rejects a second app with the same name, and a second start of an app. When an app starts,
    it also rewrites its own functions to speed them up, which works only once.
    """
    register, start = module.Sanic.register_app.__func__, module.Sanic._startup

    @functools.wraps(register)
    def register_again(cls: Any, app: Any) -> None:
        cls._app_registry.pop(getattr(app, "name", None), None)
        register(cls, app)

    @functools.wraps(start)
    async def start_again(self: Any) -> None:
        for router in (self.router, self.signal_router):
            if router.finalized:
                router.reset()
        self.config.TOUCHUP = False
        await start(self)

    module.Sanic.register_app = classmethod(register_again)
    module.Sanic._startup = start_again
