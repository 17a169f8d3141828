from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import fastapi
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.serving.app_type import as_asgi
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from .support.exchange import Exchange


async def function(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError


class Callable3:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    async def method(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError


class Orchestra:
    def app(self) -> ASGIApp:
        raise AssertionError


class Wrapper:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app


class Dash:
    """Accepts any call on behalf of its server, as Dash 4.4 does."""

    def __init__(self, server: object) -> None:
        self.server = server

    def __call__(self, *args: object, **options: object) -> None:
        raise AssertionError


async def make() -> ASGIApp:
    return function


def factory(debug: bool = False) -> ASGIApp:
    raise AssertionError


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [])
    return [b"hello"]


async def half(scope: Scope) -> None:
    raise AssertionError


def one(number: int) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    "app",
    [
        FastAPI(),
        Starlette(),
        function,
        Callable3(),
        Callable3().method,
        functools.partial(function),
        lambda scope, receive, send: None,
    ],
    ids=lambda app: type(app).__name__,
)
def test_asgi_app_is_returned_unchanged(app: object) -> None:
    assert as_asgi(app, "app") is app


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (FastAPI, "app is the class FastAPI, not an app: make an instance, "),
        (Callable3, "for example `app = Callable3()`, and serve that."),
        ("main:app", "app is a string, not an app: write the app's variable without quotes"),
        (factory, "app is the function factory() that takes no arguments: "),
        (factory, "if it returns the app, call it, as in `%asgi_serve app()`."),
        (make, "if it returns the app, call it, as in `%asgi_serve await app()`."),
        (one, "app is the function one(), not an ASGI app: an app takes scope, "),
        (half, "app is the function half(), not an ASGI app: an app takes scope, "),
        (fastapi, "app is the module fastapi, not an ASGI app: use the variable of an app"),
        (None, "app is None, not an ASGI app: use the variable of an app"),
        (7, "app is an int, not an ASGI app: use the variable of an app"),
        (["app"], "app is a list, not an ASGI app"),
        (Orchestra(), "app is an Orchestra, not an ASGI app: its app is `app.app()`."),
        (Wrapper(function), "app is a Wrapper, not an ASGI app: its app is `app.app`."),
    ],
)
def test_error_says_what_the_object_is(thing: object, sentence: str) -> None:
    with pytest.raises(ServeError) as caught:
        as_asgi(thing, "app")
    assert sentence in str(caught.value)


def test_object_that_accepts_any_call_is_judged_by_its_server(exchange: Exchange) -> None:
    assert exchange(as_asgi(Dash(wsgi), "app")).text == "hello"
    assert as_asgi(Dash(function), "app") is function


def test_coroutine_is_closed_and_error_suggests_await() -> None:
    async def make() -> ASGIApp:
        raise AssertionError

    coroutine = make()
    with pytest.raises(ServeError, match=r"make\(\) is a coroutine, not an app: write `await mak"):
        as_asgi(coroutine, "make()")
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


def test_error_quotes_the_expression() -> None:
    with pytest.raises(ServeError, match=r"^shop\.api is None, not an ASGI app"):
        as_asgi(None, "shop.api")
