"""Checks that an object is an app; if not, says what to serve instead."""

from __future__ import annotations

import inspect
from typing import Any, cast

from ..errors import ServeError
from ..types import ASGIApp
from .wsgi import WSGIApp, as_asgi_app

_ASGI = 3
_WSGI = 2


def as_asgi(thing: object, expression: str) -> ASGIApp:
    """Return ``thing``, whose source code is ``expression``, as an ASGI 3 app.

    A WSGI app is returned in an adapter. For an object that accepts the calls of both, such as a
    Dash app, its ``server`` is returned.

    Raises:
        ServeError: it is neither; the message says what to write instead.
    """
    if inspect.isclass(thing):
        raise ServeError(
            f"{expression} is the class {thing.__name__}, not an app: "
            f"make an instance, for example `app = {thing.__name__}()`, and serve that."
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
            f"if it returns the app, call it, as in `%asgi_serve {expression}()`."
        )
    raise ServeError(
        f"{expression} is {_kind(thing)}, not an ASGI app: "
        "an app takes scope, receive and send, like those of FastAPI or Starlette."
    )


def _not_callable(thing: object, expression: str) -> str:
    sentence = f"{expression} is {_kind(thing)}, not an ASGI app"
    inner = getattr(thing, "app", None)
    if inner is not None and callable(inner):
        call = "" if _accepts(inner, _ASGI) else "()"
        return f"{sentence}: its app is `{expression}.app{call}`."
    return f"{sentence}: use the variable of an app, such as `app` in `app = FastAPI()`."


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
    """Return whether ``thing`` accepts ``count`` positional arguments."""
    try:
        inspect.signature(thing).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # no signature: assume an ASGI app
        return count == _ASGI
    return True
