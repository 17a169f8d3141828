"""Which interface an object has: ASGI 3, ASGI 2 or WSGI, in all their forms."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.app_type import as_asgi
from jupyterlite_asgi.serving.lifespan import Lifespan
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.app_call import REQUEST, AppCall, http

if TYPE_CHECKING:
    from .support.exchange import Exchange


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"hello"})


class Endpoint(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        return PlainTextResponse("hello")


class Channels:
    """An app of ASGI 2."""

    def __init__(self, scope: Scope) -> None:
        self.version = scope["asgi"]["version"]

    async def __call__(self, receive: Receive, send: Send) -> None:
        assert self.version == "2.0"
        await asgi({}, receive, send)


class AppClass:
    """A WSGI app as in PEP 3333."""

    def __init__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> None:
        start_response("200 OK", [])

    def __iter__(self) -> Iterator[bytes]:
        yield b"hello"


class WSGIObject:
    def __call__(self, environ: Any, start_response: Any, extra: object = None) -> list[bytes]:
        return wsgi(environ, start_response)


class Wsgify:
    """Like WebOb 1.8's: without a signature that ``inspect`` can read; refuses other calls."""

    def __get__(self, instance: object, owner: object = None) -> Wsgify:
        return self

    def __call__(self, request: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(request, dict) and (len(arguments) != 1 or options):
            raise TypeError(f"Calling {self!r} as a WSGI app with the wrong signature")
        return wsgi(request, *arguments)


def plain(*arguments: Any) -> Any:
    return asgi(*arguments)


def logs(app: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that knows no interface, and so takes any arguments."""

    @functools.wraps(app)
    def logged(*arguments: Any, **options: Any) -> Any:
        return app(*arguments, **options)

    return logged


def unnamed(app: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but without the original's signature."""

    def call(*arguments: Any) -> Any:
        return app(*arguments)

    return call


SPEAKING = {
    "async function": asgi,
    "partial": functools.partial(asgi),
    "sync function": lambda scope, receive, send: asgi({**scope}, receive, send),
    "*args": plain,
    "decorated": logs(asgi),
    "decorated, *args": unnamed(asgi),
    "Starlette's HTTPEndpoint": Endpoint,
    "ASGI 2 class": Channels,
    "ASGI 2 function": lambda scope: functools.partial(asgi, scope),
    "ASGI 2, decorated": logs(Channels),
    "WSGI function": wsgi,
    "WSGI partial": functools.partial(wsgi),
    "WSGI class": AppClass,
    "WSGI object with an option": WSGIObject(),
    "WSGI, decorated": logs(wsgi),
    "WSGI, decorated, *args": unnamed(wsgi),
    "wsgiref's validator": validator(wsgi),
    "WebOb's wsgify": Wsgify(),
}


@pytest.mark.parametrize("app", SPEAKING.values(), ids=SPEAKING)
async def test_interface_is_recognized(app: object) -> None:
    adapted = as_asgi(app, "app")
    lifespan = Lifespan(adapted)
    for _ in range(2):
        await lifespan.startup()
        sent = await AppCall(adapted, http(), REQUEST).all()
        assert b"".join(message.get("body", b"") for message in sent) == b"hello"
    await lifespan.shutdown()


def test_first_request_decides_without_a_lifespan(exchange: Exchange) -> None:
    assert exchange(as_asgi(unnamed(wsgi), "app")).text == "hello"
    assert exchange(as_asgi(unnamed(asgi), "app")).text == "hello"


@pytest.mark.parametrize(
    ("interface", "app"),
    [
        ("asgi3", unnamed(asgi)),
        ("asgi2", lambda anything: functools.partial(asgi, anything)),
        ("wsgi", unnamed(wsgi)),
    ],
)
def test_interface_can_be_chosen(interface: str, app: object, exchange: Exchange) -> None:
    assert exchange(as_asgi(app, "app", interface)).text == "hello"


def test_unknown_interface_is_refused() -> None:
    with pytest.raises(ServeError) as caught:
        Options(interface="asgi")
    assert str(caught.value) == "'asgi' is not an interface: choose one of asgi3, asgi2, wsgi."
