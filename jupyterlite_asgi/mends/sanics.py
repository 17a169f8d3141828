"""Sanic, which has a server of its own: a compiled parser, one app of a name, no prefix."""

from __future__ import annotations

import functools
import importlib.util
import sys
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .mounting import raw_path_below


class InvalidURL(ValueError):
    """What httptools raises of a URL that is none."""


class URL(NamedTuple):
    """The parts of a URL, as httptools has them."""

    schema: bytes | None
    host: bytes | None
    port: int | None
    path: bytes | None
    query: bytes | None
    fragment: bytes | None
    userinfo: bytes | None


def mend_parser(module: ModuleType) -> None:
    """Stand in for httptools, of which requests want one function. Seen in Sanic 25.12.

    It has no wheel that runs here. The browser has parsed all else.
    """
    if importlib.util.find_spec("httptools") is not None:
        return
    names = ("httptools", "httptools.parser", "httptools.parser.errors")
    package, parser, errors = (ModuleType(name) for name in names)
    vars(package).update(parse_url=parse_url, parser=parser, __path__=[])
    vars(parser).update(errors=errors, __path__=[])
    vars(errors).update(HttpParserInvalidURLError=InvalidURL)
    sys.modules |= dict(zip(names, (package, parser, errors), strict=True))


def parse_url(url: bytes) -> URL:
    """The parts of ``url``, None for those that it has not; a path alone is a URL, too.

    Raises:
        InvalidURL: it is none.
    """
    if url.startswith(b"/"):
        bare, _, asked = url.partition(b"?")
        return URL(None, None, None, bare, asked or None, None, None)
    try:
        parts = urlsplit(url.decode("latin-1"))
        port = parts.port
    except ValueError as error:
        raise InvalidURL(f"invalid url {url!r}") from error
    userinfo, _, _ = parts.netloc.rpartition("@")
    texts = parts.scheme, parts.hostname, parts.path, parts.query, parts.fragment, userinfo
    schema, host, path, query, fragment, user = (
        text.encode("latin-1") if text else None for text in texts
    )
    return URL(schema, host, port, path, query, fragment, user)


def mend_prefix(module: ModuleType) -> None:
    """Route by what lies below the path where the app is mounted. Seen in Sanic 25.12.

    It reads the path as a browser has sent it, and no ``root_path``.
    """
    create = module.ASGIApp.create

    @functools.wraps(create)
    async def create_below(app: Any, scope: Any, receive: Any, send: Any) -> Any:
        scope = {**scope, "raw_path": raw_path_below(scope)}
        return await create(app, scope, receive, send)

    module.ASGIApp.create = staticmethod(create_below)


def mend_registry(module: ModuleType) -> None:
    """Let a cell that makes and serves an app run again. Seen in Sanic 25.12.

    A second app of a name is refused, and a second start of an app, but in the mode for tests.
    """
    module.Sanic.test_mode = True
