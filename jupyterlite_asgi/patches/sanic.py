"""Sanic, which relies on its own server: a compiled parser, unique app names, no prefix."""

from __future__ import annotations

import functools
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

from .around import around
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


@around("ASGIApp.create")
async def patch_prefix(create: Any, app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """Route by the path below the one where the app is mounted. Seen in Sanic 25.12.

    It reads ``raw_path``, and ignores ``root_path``.
    """
    scope = {**scope, "raw_path": raw_path_below(scope["raw_path"], root_of(scope))}
    return await create(app, scope, receive, send)


def patch_apps(module: ModuleType) -> None:
    """Let a cell that creates and serves an app run again. Seen in Sanic 25.12.

    Sanic rejects a second app with the same name, and a second start of an app.
    """
    register = module.Sanic.register_app.__func__

    @functools.wraps(register)
    def register_again(cls: Any, app: Any) -> None:
        cls._app_registry.pop(getattr(app, "name", None), None)
        register(cls, app)

    module.Sanic.register_app = classmethod(register_again)
    _patch_start(module)


@around("Sanic._startup")
async def _patch_start(start: Any, self: Any) -> None:
    """Start an app again, without rewriting its functions for speed, which works only once."""
    for router in (self.router, self.signal_router):
        if router.finalized:
            router.reset()
    self.config.TOUCHUP = False
    await start(self)
