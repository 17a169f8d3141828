"""Is this an app that can be served, and if not, what did its author mean?"""

from __future__ import annotations

import inspect
from typing import Any, cast

from ..errors import ServeError
from ..types import ASGIApp
from .wsgi import WSGIApp, as_asgi_app

_ASGI = 3
_WSGI = 2


def as_asgi(thing: object, expression: str) -> ASGIApp:
    """Return ``thing`` if it can be called as ASGI 3 apps are: ``await app(scope, receive, send)``.

    A WSGI app, called with an environ and ``start_response``, is returned in an adapter. What takes
    the calls of either, as a Dash object does, is what its ``server`` is.

    Args:
        thing: what is to be served.
        expression: how the author wrote it, for the message.

    Raises:
        ServeError: it is something else; the message names it and what to write instead.
    """
    if inspect.isclass(thing):
        raise ServeError(
            f"{expression} is the class {thing.__name__}, not an app: "
            f"make one of it first, for example `app = {thing.__name__}()`, and serve that."
        )
    if inspect.iscoroutine(thing):
        thing.close()
        raise ServeError(f"{expression} is a coroutine, not an app: write `await {expression}`.")
    if isinstance(thing, str):
        raise ServeError(
            f"{expression} is a string, not an app: "
            "write the app's variable without quotes, as in `%asgi_serve app`."
        )
    if not callable(thing):
        raise ServeError(_not_callable(thing, expression))
    inner = getattr(thing, "server", None)
    if callable(inner) and _accepts(thing, _ASGI) and _accepts(thing, _WSGI):
        return as_asgi(inner, f"{expression}.server")
    if _accepts(thing, _ASGI):
        return cast(ASGIApp, thing)
    if _accepts(thing, _WSGI):
        return as_asgi_app(cast(WSGIApp, thing))
    if _accepts(thing, 0):
        raise ServeError(
            f"{expression} is {_kind(thing)} that takes no arguments: "
            f"if it makes the app, call it, as in `%asgi_serve {expression}()`."
        )
    raise ServeError(
        f"{expression} is {_kind(thing)}, not an ASGI app: "
        "an app is called with scope, receive and send, as those of FastAPI or Starlette are."
    )


def _not_callable(thing: object, expression: str) -> str:
    sentence = f"{expression} is {_kind(thing)}, not an ASGI app"
    inner = getattr(thing, "app", None)
    if inner is not None and callable(inner):
        call = "" if _accepts(inner, _ASGI) else "()"
        return f"{sentence}: its app is `{expression}.app{call}`."
    return f"{sentence}: write the name of an app, such as that of `app = FastAPI()`."


def _kind(thing: object) -> str:
    if inspect.isroutine(thing):
        return f"the function {thing.__name__}()"
    if inspect.ismodule(thing):
        return f"the module {thing.__name__}"
    if thing is None:
        return "None"
    name = type(thing).__name__
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _accepts(thing: Any, count: int) -> bool:
    """Whether ``thing`` can be called with ``count`` positional arguments."""
    try:
        inspect.signature(thing).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # no signature to be had: let the call tell
        return count == _ASGI
    return True
