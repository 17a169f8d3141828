"""Every wait ends: late apps, hanging shutdowns, clients that disconnect, endless bodies."""

from __future__ import annotations

import asyncio
import re

import pytest

from jupyterlite_asgi.errors import LifespanFailed, ServeError
from jupyterlite_asgi.hosts import http
from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import Cancel, FromKernel, Request, Response
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving import lifespan
from jupyterlite_asgi.serving.runner import Runner
from jupyterlite_asgi.types import Receive, Scope, Send

from .support.app_call import AppCall
from .support.app_call import http as http_scope
from .support.apps import run_app
from .support.virtual_time import now

START = {"type": "http.response.start", "status": 200}
URL = "https://example.org/asgi/app/"


def request(method: str = "GET") -> Request:
    return Request("1", "worker", 0, method, URL, b"", False)


class Hanging:
    """An app that waits forever and records how that ended."""

    def __init__(self) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        self.reached.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            self.over.set()
            raise


async def test_late_app_is_cancelled_and_the_504_names_the_line() -> None:
    posted: asyncio.Queue[FromKernel] = asyncio.Queue()
    app = Hanging()

    served = Runner(app, "app", Options(timeout=0.01), lambda request: None)
    await served.start_up()
    BrowserHttpConnection(request(), posted.put_nowait, "/asgi/app").start(served.app)
    answer = await posted.get()
    assert isinstance(answer, Response)
    assert answer.status == 504
    text = answer.chunk.decode()
    assert "The app did not respond within 0.01 seconds" in text
    assert re.search(r"GET /asgi/app/ timed out while it waited at .+, line \d+: make", text)
    await served.drain("stopped")
    await served.shut_down()
    assert app.ended == ["cancelled"]
    assert posted.empty()


async def test_app_that_ignores_a_disconnect_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "NOTICE", 0.01)
    posted: list[FromKernel] = []
    app = Hanging()

    connection = BrowserHttpConnection(request(), posted.append, "/asgi/app")
    connection.start(app)
    await app.reached.wait()
    connection.deliver(Cancel("1"))
    await app.over.wait()
    assert posted == []


async def test_hanging_shutdown_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifespan, "SHUTDOWN", 0.01)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await asyncio.Event().wait()

    app_lifespan = lifespan.Lifespan(app)
    await app_lifespan.startup()
    with pytest.raises(LifespanFailed, match=r"did not shut down within 0\.01 seconds"):
        await app_lifespan.shutdown()


@pytest.mark.virtual_time
async def test_hanging_startup_is_abandoned_and_cancelled() -> None:
    ends = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append(now())

    with pytest.raises(ServeError) as failed:
        await lifespan.Lifespan(app, 5).startup()
    line = app.__code__.co_firstlineno + 2
    assert str(failed.value) == (
        f"The app did not start within 5 seconds and was still at {__file__}, line {line}: "
        "make its startup faster, or allow more time with --startup-timeout."
    )
    await asyncio.sleep(0)
    assert ends == [5]


@pytest.mark.virtual_time
async def test_504_during_a_startup_names_its_line() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    runner = Runner(app, "app", Options(timeout=5), lambda request: None)
    starting = asyncio.create_task(runner.start_up())
    start, page = await AppCall(runner.app, http_scope()).all()
    assert start["status"] == 504
    line = app.__code__.co_firstlineno + 1
    sentence = (
        f"while it waited for the app's startup at {__file__}, line {line}: make the app start "
    )
    sentence += "faster, or allow more time with --timeout.\n"
    assert sentence in page["body"].decode()
    assert repr(runner.log).endswith(sentence.rstrip())
    starting.cancel()
    await asyncio.wait([starting])


@pytest.mark.virtual_time
async def test_504_says_that_the_request_waited_for_its_turn() -> None:
    options = Options(timeout=5, limit_concurrency=1)
    runner = Runner(Hanging(), "app", options, lambda request: None)
    await runner.start_up()
    running, waiting = AppCall(runner.app, http_scope()), AppCall(runner.app, http_scope())
    _, page = await waiting.all()
    assert (
        b"timed out while it waited for its turn: let more requests run at once with "
        b"--limit-concurrency, or allow more time with --timeout." in page["body"]
    )
    _, page = await running.all()
    assert b"timed out while it waited at" in page["body"]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_endless_discarded_body_does_not_block_the_loop(method: str, status: int) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "status": status})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    connection = BrowserHttpConnection(request(method), lambda message: None, "")
    task = asyncio.create_task(run_app(app, connection))
    await asyncio.sleep(0)
    connection.deliver(Cancel("1"))
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()


async def test_response_start_of_a_stream_does_not_wait_for_the_body() -> None:
    posted: asyncio.Queue[FromKernel] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await asyncio.Event().wait()

    connection = BrowserHttpConnection(request(), posted.put_nowait, "")
    task = asyncio.create_task(run_app(app, connection))
    assert await posted.get() == Response("1", 200, b"", b"", True, "OK")
    task.cancel()
    await asyncio.wait([task])
