"""Apps that compare whole paths: ``--strip-prefix``, and the suggestion to use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyterlite_asgi.serving.middleware.prefix import suggest_stripping, without_prefix
from jupyterlite_asgi.serving.wsgi import as_asgi_app
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from ..support.app_call import LIFESPAN, REQUEST, AppCall, http

SENTENCE = (
    "The app answers 404 to its first page because it compares whole paths, which begin with "
    "/asgi/app here: serve it with --strip-prefix."
)


class Exact:
    """Knows one path exactly; says where it is mounted."""

    def __init__(self, known: str = "/") -> None:
        self.known = known
        self.calls: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls.append(scope["path"])
        status = 200 if scope["path"] == self.known else 404
        await send({"type": "http.response.start", "status": status})
        body = f"{scope['path']} {scope['raw_path'].decode()} {scope['root_path']}|"
        await send({"type": "http.response.body", "body": body.encode()})


@pytest.mark.parametrize(
    ("path", "got"),
    [
        ("/", "/ / |"),
        ("", "/ / |"),
        ("/caf%C3%A9/a%2Fb", "/café/a/b /caf%C3%A9/a%2Fb |"),
        ("//x", "//x //x |"),
        ("/asgi/app/x", "/asgi/app/x /asgi/app/x |"),
    ],
)
async def test_app_gets_the_path_of_a_server_at_the_root(path: str, got: str) -> None:
    assert await ask(without_prefix(Exact()), path) == got


async def test_lifespan_is_passed_on() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    await AppCall(without_prefix(app), LIFESPAN).all()
    await AppCall(suggest_stripping(app, pytest.fail), LIFESPAN).all()
    assert seen == [LIFESPAN] * 2


async def test_wsgi_app_gets_an_empty_script_name() -> None:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode()]

    assert await ask(without_prefix(as_asgi_app(app)), "/x") == "|/x"


async def test_app_that_compares_whole_paths_gets_a_suggestion_once() -> None:
    suggested = Suggestions()
    app = suggest_stripping(Exact(), suggested)
    assert await ask(app, "/") == "/asgi/app/ /asgi/app/ /asgi/app|"
    assert await suggested.next() == SENTENCE
    await ask(app, "/")
    await settle()
    assert suggested.empty()


@pytest.mark.parametrize("known", ["/asgi/app/", "/items", "/asgi/app/items"])
async def test_other_apps_get_no_suggestion(known: str) -> None:
    app = Exact(known)
    watched = suggest_stripping(app, pytest.fail)
    await ask(watched, "/items")
    await ask(watched, "/")
    await settle()
    tried = [] if known == "/asgi/app/" else ["/"]
    assert app.calls == ["/asgi/app/items", "/asgi/app/", *tried]


async def test_attempt_that_fails_is_no_suggestion() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["root_path"]:
            raise ValueError
        await Exact()(scope, receive, send)

    await ask(suggest_stripping(app, pytest.fail), "/")
    await settle()


async def test_attempt_ends_with_the_head_of_the_response() -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Exact()(scope, receive, send)
        try:
            if not scope["root_path"]:
                assert (await receive())["type"] == "http.request"
                await receive()
        except asyncio.CancelledError:
            ended.set()

    suggested = Suggestions()
    await ask(suggest_stripping(app, suggested), "/")
    await suggested.next()
    await ended.wait()


class Suggestions(asyncio.Queue[str]):
    """The sentences suggested, in order."""

    def __call__(self, sentence: str) -> None:
        self.put_nowait(sentence)

    async def next(self) -> str:
        return await asyncio.wait_for(self.get(), 10)


async def ask(app: ASGIApp, path: str) -> str:
    """Return the body of the app's response to a GET."""
    sent: list[Message] = await AppCall(app, http(path), REQUEST).all()
    return b"".join(message.get("body", b"") for message in sent).decode()


async def settle() -> None:
    """Wait until the attempt without the prefix, if there was one, is done."""
    while attempts := [
        task for task in asyncio.all_tasks() if "serving/middleware/prefix.py" in repr(task)
    ]:
        await asyncio.wait(attempts)
