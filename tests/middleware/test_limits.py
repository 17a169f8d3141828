"""Limits on requests, each at its edge: exactly at it, and one above."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyterlite_asgi.errors import ClientDisconnected
from jupyterlite_asgi.serve_options import CONCURRENCY, HEADERS, Options
from jupyterlite_asgi.serving.middleware.limits import Limits
from jupyterlite_asgi.types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send

from ..support.app_call import (
    DISCONNECT,
    LIFESPAN,
    START,
    AppCall,
    body,
    http,
    passes_through,
    sends,
    websocket,
)

hello = sends(START, body())


def limited(app: ASGIApp, report: Callable[[str], object] = print, **options: Any) -> Limits:
    return Limits(app, Options(**options), report)


def headers(size: int, scope: Scope) -> HeaderPairs:
    """A scope's headers, with one more that makes them that large."""
    there = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return [*scope["headers"], (b"x", b"x" * (size - there - 5))]


@pytest.mark.parametrize(("size", "status"), [(HEADERS, 200), (HEADERS + 1, 431)])
async def test_headers_have_a_maximum_size(size: int, status: int) -> None:
    scope = http()
    scope["headers"] = headers(size, scope)
    start, page = await AppCall(limited(hello), scope).all()
    assert start["status"] == status
    if status == 431:
        sentence = (
            f"GET /asgi/app/ has {size:,} bytes of headers, but at most {HEADERS:,} are allowed: "
            "send shorter ones or fewer cookies, or raise --limit-headers."
        )
        assert page["body"].decode().splitlines()[1] == sentence


@pytest.mark.parametrize(("more", "sent"), [(0, START), (1, {"code": 1008})])
async def test_handshake_of_a_websocket_has_the_same_maximum(more: int, sent: Message) -> None:
    scope = websocket()
    scope["headers"] = headers(1000 + more, scope)
    first, *_ = await AppCall(limited(sends(START), limit_headers=1000), scope).all()
    assert sent.items() <= first.items()


async def test_lifespan_has_no_limits() -> None:
    assert await passes_through(LIFESPAN, limited)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the body back once it is complete."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        parts.append(message["body"])
        more = message["more_body"]
    await send(START)
    await send(body(b"".join(parts)))


def part(content: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": content, "more_body": more}


SENTENCE = "POST /asgi/app/ has a body of more than 10 bytes: send less, or raise --limit-body."


def post(*parts: bytes, length: int | None = None, app: ASGIApp = echo) -> AppCall:
    """Send a body to an app that takes at most 10 bytes."""
    declared = [] if length is None else [(b"content-length", str(length).encode())]
    scope = http(method="POST", headers=declared)
    messages = [part(each, more=index < len(parts)) for index, each in enumerate(parts, 1)]
    return AppCall(limited(app, reports.append, limit_body=10), scope, *messages)


reports: list[str] = []


@pytest.fixture(autouse=True)
def _no_reports() -> None:
    reports.clear()


@pytest.mark.parametrize("parts", [[b"x" * 10], [b"x"] * 10, [b"", b"x" * 10, b""]])
async def test_body_up_to_the_maximum_arrives(parts: list[bytes]) -> None:
    for length in (None, 10):
        assert (await post(*parts, length=length).all())[1] == body(b"x" * 10)
    assert reports == []


@pytest.mark.parametrize("length", [11, 10**30])
async def test_larger_declared_body_gets_413_before_it_is_read(length: int) -> None:
    start, page = await post(length=length).all()
    assert start["status"] == 413
    assert page["body"].decode().splitlines()[1] == SENTENCE
    assert reports == [f"{SENTENCE}\n"]


@pytest.mark.parametrize("parts", [[b"x" * 11], [b"x"] * 11, [b"x" * 10, b"x", b"unread"]])
@pytest.mark.parametrize("length", [None, 10])
async def test_larger_streamed_body_gets_413(parts: list[bytes], length: int | None) -> None:
    call = post(*parts, length=length)
    start, page = await call.all()
    assert (start["status"], page.get("more_body", False)) == (413, False)
    assert reports == [f"{SENTENCE}\n"]


async def test_app_with_a_larger_body_sees_a_disconnect_and_cannot_send() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend([await receive(), await receive()])
        with pytest.raises(ClientDisconnected):
            await send(START)

    start, _ = await post(b"x" * 11, app=app).all()
    assert (start["status"], seen) == (413, [DISCONNECT, DISCONNECT])


async def test_response_that_has_begun_cannot_become_a_413() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        assert await receive() == DISCONNECT
        await send(body())

    call = post(b"x" * 11, app=app)
    with pytest.raises(ClientDisconnected):
        await call.all()
    assert (call.rest(), reports) == ([START], [f"{SENTENCE}\n"])


async def test_bodies_are_unlimited_by_default() -> None:
    scope = http(method="POST", headers=[(b"content-length", b"9" * 30)])
    call = AppCall(limited(echo), scope, part(b"x" * 100, more=False))
    assert (await call.all())[1] == body(b"x" * 100)


class Gate:
    """An app that responds once ``open`` is set; counts the requests that have reached it."""

    def __init__(self) -> None:
        self.reached = 0
        self.open = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        await self.open.wait()
        await hello(scope, receive, send)


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_thousand_run_thousand_wait_and_the_next_gets_503() -> None:
    gate = Gate()
    app = limited(gate, reports.append)
    calls = [AppCall(app, http()) for _ in range(2 * CONCURRENCY)]
    await settle()
    assert gate.reached == CONCURRENCY
    start, page = await AppCall(app, http()).all()
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"1")
    sentence = (
        "GET /asgi/app/ came while 1,000 requests were running and 1,000 waiting: try again, or "
        "raise --limit-concurrency."
    )
    assert page["body"].decode().splitlines()[1] == sentence
    assert reports == [f"{sentence}\n"]
    gate.open.set()
    assert {(await call.all())[0]["status"] for call in calls} == {200}
    assert (gate.reached, (await AppCall(app, http()).all())[0]["status"]) == (2000, 200)


async def test_started_responses_and_websockets_do_not_count() -> None:
    streams = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(START)
        await streams.wait()

    limits = limited(app, limit_concurrency=1)
    calls = [AppCall(limits, scope) for scope in (http(), websocket(), http(), http())]
    assert [await call.next() for call in (calls[0], calls[2], calls[3])] == [START] * 3
    streams.set()
    await asyncio.gather(*(call.task for call in calls))


async def test_waiting_requests_run_in_order_also_after_failures_and_cancellations() -> None:
    order: list[str] = []
    gates = {path: asyncio.Event() for path in "abcdef"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"][-1]
        order.append(path)
        await gates[path].wait()
        raise KeyError(path)

    limits = limited(app, limit_concurrency=2)
    calls = {path: AppCall(limits, http(f"/{path}")) for path in "abcd"}
    await settle()
    assert order == ["a", "b"]
    calls["c"].task.cancel()
    await settle()
    calls["e"] = AppCall(limits, http("/e"))
    gates["a"].set()
    await settle()
    assert order == ["a", "b", "d"]
    calls["b"].task.cancel()
    calls["d"].task.cancel()
    calls["e"].task.cancel()
    await asyncio.wait([call.task for call in calls.values()])
    assert order == ["a", "b", "d"]
    calls["f"] = AppCall(limits, http("/f"))
    await settle()
    assert order[-1] == "f"
    calls["f"].task.cancel()
    with pytest.raises(KeyError):
        await calls["a"].all()


async def test_turn_given_to_a_request_that_is_cancelled_is_passed_on() -> None:
    gate = Gate()
    limits = limited(gate, limit_concurrency=1)
    (
        first,
        second,
    ) = (AppCall(limits, http()) for _ in range(2))
    await settle()
    gate.open.set()
    await first.all()  # the turn is now the second's, which has not run yet
    second.task.cancel()
    third = AppCall(limits, http())
    assert (await third.all())[0]["status"] == 200
    await asyncio.wait([second.task])


async def test_turn_of_a_request_that_has_just_been_cancelled_goes_to_the_next() -> None:
    gate = Gate()
    limits = limited(gate, limit_concurrency=2)
    running = [AppCall(limits, http()) for _ in range(2)]
    waiting = [AppCall(limits, http()) for _ in range(2)]
    await settle()
    running[0].task.cancel()
    waiting[0].task.cancel()  # is still in the queue when the turn becomes free
    await asyncio.wait([running[0].task, waiting[0].task])
    assert (waiting[0].task.cancelled(), gate.reached) == (True, 3)
    gate.open.set()
    assert (await waiting[1].all())[0]["status"] == 200
