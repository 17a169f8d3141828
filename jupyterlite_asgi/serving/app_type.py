"""Finds out which interface an app has; if an object is no app, says what to serve instead."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from ..errors import ServeError
from ..types import ASGIApp, Receive, Scope, Send
from .wsgi import as_asgi_app

_ASGI = 3
_WSGI = 2


def as_asgi(thing: object, expression: str, interface: str | None = None) -> ASGIApp:
    """Return ``thing``, whose source code is ``expression``, as an ASGI 3 app.

    An ASGI 2 or WSGI app is returned in an adapter. Like uvicorn, this takes coroutine functions,
    objects whose ``__call__`` is one, and awaitable classes for ASGI 3 apps. Others are judged by
    their parameters, and if these fit both ASGI 3 and WSGI, by their first call.

    Args:
        thing: the app.
        expression: its source code, for messages.
        interface: one of ``INTERFACES``, if the author says which.

    Raises:
        ServeError: it is not an app; the message says what to write instead.
    """
    _refuse_others(thing, expression)
    app: Any = thing
    if interface is None:
        inner = getattr(app, "server", None)
        if callable(inner) and _accepts(app, _ASGI) and _accepts(app, _WSGI):
            return as_asgi(inner, f"{expression}.server")  # such as a Dash app
        interface = _interface_of(app)
    if interface is None:
        raise ServeError(_no_app(app, expression))
    adapted: ASGIApp = _ADAPTERS[interface](app) if interface in _ADAPTERS else app
    return adapted


def _interface_of(app: Any) -> str | None:
    asgi, wsgi = _accepts(app, _ASGI), _accepts(app, _WSGI)
    if inspect.isclass(app):
        # A call makes an instance, which is what a function of that interface would return.
        asgi = hasattr(app, "__await__")
        wsgi = wsgi and not _accepts(app, 1) and hasattr(app, "__iter__")
    elif _is_async(app):
        return "asgi3" if asgi else None
    elif asgi and wsgi:
        return "either"
    if asgi or wsgi:
        return "asgi3" if asgi else "wsgi"
    return "asgi2" if _takes_scope(app) else None


def _from_asgi2(app: Any) -> ASGIApp:
    """Adapt an ASGI 2 app: it takes the scope, and returns what takes ``receive`` and ``send``."""

    async def adapted(scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, "asgi": {**scope["asgi"], "version": "2.0"}}
        await app(scope)(receive, send)

    return adapted


class _Either:
    """An app whose parameters fit both ASGI 3 and WSGI, such as ``*args``.

    Its first call, which is that of the lifespan, shows whether it is an ASGI app: then it returns
    an awaitable. A WSGI app fails, or returns something else.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._decided: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._decided is None:
            call = self._try(scope, receive, send)
            self._decided = self._app if call is not None else as_asgi_app(self._app)
            if call is not None:
                await call
                return
        await self._decided(scope, receive, send)

    def _try(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None] | None:
        try:
            call = self._app(scope, receive, send)
        except Exception:
            return None
        if inspect.isawaitable(call):
            return call
        getattr(call, "close", int)()  # as PEP 3333 has it for what a WSGI app returns
        return None


#: Those of the interfaces that need one.
_ADAPTERS: dict[str, Callable[[Any], ASGIApp]] = {
    "asgi2": _from_asgi2,
    "wsgi": as_asgi_app,
    "either": _Either,
}


def _refuse_others(thing: object, expression: str) -> None:
    """Raise ServeError for what no interface makes an app."""
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


def _no_app(thing: Any, expression: str) -> str:
    if inspect.isclass(thing):
        return (
            f"{expression} is the class {thing.__name__}, not an app: "
            f"make an instance, for example `app = {thing.__name__}()`, and serve that."
        )
    if _accepts(thing, 0):
        call = f"await {expression}()" if _is_async(thing) else f"{expression}()"
        return (
            f"{expression} is {_kind(thing)} that takes no arguments: "
            f"if it returns the app, call it, as in `%asgi_serve {call}`."
        )
    return (
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


def _is_async(app: Any) -> bool:
    """Return whether calling ``app`` returns a coroutine."""
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__)


def _takes_scope(app: Any) -> bool:
    """Return whether ``app`` takes one argument, the scope, as in ASGI 2."""
    try:
        (parameter,) = inspect.signature(app).parameters.values()
    except ValueError:  # another number of parameters, or no signature
        return False
    return parameter.name.strip("_") == "scope"


def _accepts(thing: Any, count: int) -> bool:
    """Return whether ``thing`` accepts ``count`` positional arguments."""
    try:
        inspect.signature(thing).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # no signature, as of WebOb's `wsgify` and of functions in C
        return count in (_ASGI, _WSGI) and not inspect.isclass(thing)
    return True
