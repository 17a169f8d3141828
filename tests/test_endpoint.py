"""The endpoint of the browser's host, on top of a fake browser."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    COOKIES_HEADER,
    VERSION,
    Begun,
    Cancel,
    CookieWrite,
    Interrupt,
    Interrupted,
    Ping,
    Pong,
    Request,
    app_lock,
    cookies_channel,
    encode,
    kernel_lock,
    published_lock,
    requests_channel,
    split_headers,
)
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.middleware.timeout import limit_time
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from .support.apps import says
from .support.fake_browser import FakeBrowser

CHANNEL = requests_channel("/demo/", "shop")
IDENTITY = kernel_lock("/demo/", "1")
REQUEST = Request("1", "worker 1", 9e15, "GET", "https://example.org/demo/asgi/shop/", b"", False)


def make(
    on_loss: Callable[[], None] = lambda: None, app: ASGIApp | None = None, *, timeout: float = 60
) -> Any:
    """An endpoint that is not open yet, with an app that says hello by default."""
    module: Any = import_module("jupyterlite_asgi.hosts.browser.endpoint")
    endpoint = module.BrowserEndpoint("https://example.org/demo/", "shop", IDENTITY)
    endpoint.mount(app or says("hello"), Options(timeout=timeout), on_loss)
    return endpoint


def held(name: str, holder: str) -> SimpleNamespace:
    """A lock as the browser reports it."""
    return SimpleNamespace(name=name, mode="exclusive", clientId=holder)


async def serve(
    on_loss: Callable[[], None] = lambda: None, app: ASGIApp | None = None, *, timeout: float = 60
) -> Any:
    """An open endpoint, with an app that says hello by default."""
    endpoint = make(on_loss, app, timeout=timeout)
    assert await endpoint.open(steal=False)
    return endpoint


async def test_request_is_answered(browser: FakeBrowser) -> None:
    await serve()
    browser.request(encode(REQUEST))
    (answer,) = await browser.answers("worker 1", 1)
    assert (answer["type"], answer["status"], answer["chunk"]) == ("response", 200, b"hello")


async def test_ping_for_an_unknown_request_is_answered(
    browser: FakeBrowser,
) -> None:
    await serve()
    browser.request(encode(Ping("1", "worker 1")))
    assert browser.posted["worker 1"] == [encode(Pong("1", False))]


async def test_request_that_may_wait_for_its_beginning_is_confirmed(browser: FakeBrowser) -> None:
    await serve()
    browser.request(encode(dataclasses.replace(REQUEST, until=1000 * (time.time() + 60))))
    begun, answer = await browser.answers("worker 1", 2)
    assert begun == encode(Begun("1"))
    assert answer["type"] == "response"


async def test_request_that_waited_too_long_for_its_beginning_never_runs(
    browser: FakeBrowser,
) -> None:
    await serve()
    browser.request(encode(dataclasses.replace(REQUEST, until=1000 * (time.time() - 1))))
    browser.request(encode(Ping("1", "worker 1")))
    assert await browser.answers("worker 1", 1) == [encode(Pong("1", False))]


@pytest.mark.parametrize(("age", "what"), [(-60, ["GET /"]), (1, [])])
async def test_interrupt_ends_requests_unless_it_is_old(
    browser: FakeBrowser, age: float, what: list[str]
) -> None:
    reached = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.set()
        await asyncio.Event().wait()

    await serve(app=limit_time(app, 60))
    browser.request(encode(REQUEST))
    await reached.wait()
    until = 1000 * (time.time() - age)
    browser.request(encode(Interrupt(f"interrupt {age}", "worker 1", until)))
    expected = [encode(Interrupted(f"interrupt {age}", each)) for each in what]
    assert browser.posted["worker 1"] == expected


async def test_request_is_cancelled_when_its_worker_dies(browser: FakeBrowser) -> None:
    received: asyncio.Queue[Message] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await received.put(await receive())

    await serve(app=app)
    browser.request(encode(REQUEST))
    await asyncio.sleep(0)
    browser.grant_waiting()
    assert await received.get() == {"type": "http.disconnect"}


@pytest.mark.parametrize(("age", "taken"), [(4, True), (6, False), (-6, True)])
async def test_request_expires_when_its_timeout_has_passed(
    age: float, taken: bool, browser: FakeBrowser
) -> None:
    await serve(timeout=5)
    browser.request({**encode(REQUEST), "sent": (time.time() - age) * 1000})
    browser.request(encode(Ping("1", "worker 1")))
    assert browser.posted["worker 1"] == [encode(Pong("1", taken))]


async def test_app_gets_the_cookies_that_pages_and_responses_set(browser: FakeBrowser) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        cookies = dict(scope["headers"]).get(b"cookie", b"")
        headers = [(b"set-cookie", b"b=2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": cookies})

    await serve(app=app)
    browser.request(encode(CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1")))
    browser.request(encode(REQUEST))
    browser.request({**encode(REQUEST), "id": "2"})
    first, second = await browser.answers("worker 1", 2)
    assert (first["chunk"], second["chunk"]) == (b"a=1", b"a=1; b=2")


async def test_replacement_keeps_the_cookies(browser: FakeBrowser) -> None:
    endpoint = await serve()
    browser.request(encode(CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1")))
    endpoint.mount(says("again"), Options(), lambda: None)
    browser.request({**encode(REQUEST), "headers": b"sec-fetch-mode\nnavigate"})
    (answer,) = await browser.answers("worker 1", 1)
    assert answer["chunk"] == b"again"
    assert "a" in unquote(dict(split_headers(answer["headers"]))[COOKIES_HEADER].decode())


@pytest.mark.parametrize("inject", [True, False])
async def test_page_gets_cookies_only_with_the_script(inject: bool, browser: FakeBrowser) -> None:
    endpoint = await serve()
    endpoint.mount(says("again"), Options(inject=inject), lambda: None)
    browser.request({**encode(REQUEST), "headers": b"sec-fetch-mode\nnavigate"})
    (answer,) = await browser.answers("worker 1", 1)
    assert (COOKIES_HEADER in answer["headers"]) == inject


async def test_pages_get_a_snapshot_when_cookies_change(browser: FakeBrowser) -> None:
    await serve()
    name = cookies_channel("/demo/", "shop")
    write = encode(CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1"))
    browser.request(write)
    (message,) = browser.posted[name]
    assert json.loads(unquote(message["snapshot"]))["cookies"][0]["name"] == "a"
    assert name not in browser.channels
    del browser.posted[name]
    browser.request(write)  # the same write, by another route
    assert name not in browser.posted


async def test_write_with_an_invalid_url_is_ignored(browser: FakeBrowser) -> None:
    await serve()
    browser.request(encode(CookieWrite("1", "https://[", "a=1")))
    (message,) = browser.posted[cookies_channel("/demo/", "shop")]
    assert json.loads(unquote(message["snapshot"]))["cookies"] == []


@pytest.mark.parametrize(
    "fields",
    [{"url": "https://example.org:port/"}, {"url": "https://é/"}, {"headers": b"a"}],
    ids=str,
)
async def test_malformed_request_is_answered_and_forgotten(
    fields: dict[str, Any], browser: FakeBrowser
) -> None:
    await serve()
    browser.request({**encode(REQUEST), **fields})
    (answer,) = browser.posted["worker 1"]
    assert (answer["type"], answer["status"]) == ("abort", 400)
    assert answer["reason"] == (
        "The URL or the headers of this request cannot be read: check how the page builds them, "
        "then send the request again."
    )
    browser.request(encode(Ping("1", "worker 1")))
    assert browser.posted["worker 1"][1] == encode(Pong("1", False))


async def test_second_request_with_the_same_id_does_not_replace_the_first(
    browser: FakeBrowser,
) -> None:
    await serve()
    for _ in range(2):
        browser.request(encode(REQUEST))
    assert sys.modules["jupyterlite_asgi.hosts.browser.webapi"].Channel.dropped == 1
    await browser.answers("worker 1", 1)


async def test_unreadable_messages_are_counted(browser: FakeBrowser) -> None:
    def to_py() -> None:
        raise TypeError("Cannot use Array as set or map key.")  # a ConversionError in Pyodide

    await serve()
    browser.request({**encode(REQUEST), "v": VERSION + 1})
    browser.request({"v": VERSION, "type": "hello", "id": "1"})
    browser.send(CHANNEL, "no message")
    browser.send(CHANNEL, SimpleNamespace(to_py=to_py))
    browser.request(encode(REQUEST))
    assert sys.modules["jupyterlite_asgi.hosts.browser.webapi"].Channel.dropped == 4
    await browser.answers("worker 1", 1)


@pytest.mark.parametrize(("holder", "runs"), [("kernel", True), ("another kernel", False)])
async def test_request_read_late_runs_only_if_the_name_is_still_held(
    holder: str, runs: bool, browser: FakeBrowser
) -> None:
    await serve()
    browser.holders = [
        SimpleNamespace(name=IDENTITY, mode="exclusive", clientId="kernel"),
        SimpleNamespace(name=app_lock("/demo/", "shop"), mode="exclusive", clientId=holder),
    ]
    browser.request({**encode(REQUEST), "sent": time.time() * 1000 - 1000})
    browser.request({**encode(REQUEST), "id": "2"})
    answers = await browser.answers("worker 1", 2 if runs else 1)
    assert [answer["id"] for answer in answers] == (["2", "1"] if runs else ["2"])


async def test_request_whose_check_fails_is_not_said_to_run(
    browser: FakeBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    await serve()
    browser.js.navigator.locks.query = Mock(side_effect=OSError("InvalidStateError"))
    browser.request({**encode(REQUEST), "sent": time.time() * 1000 - 1000})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "InvalidStateError" in caplog.text
    browser.request(encode(Ping("1", "worker 1")))
    assert browser.posted["worker 1"] == [encode(Pong("1", False))]


async def test_request_cancelled_during_the_check_does_not_run(browser: FakeBrowser) -> None:
    await serve()
    browser.holders = [
        SimpleNamespace(name=name, mode="exclusive", clientId="kernel")
        for name in (IDENTITY, app_lock("/demo/", "shop"))
    ]
    browser.request({**encode(REQUEST), "sent": time.time() * 1000 - 1000})
    browser.send("worker 1", SimpleNamespace(to_py=lambda: encode(Cancel("1"))))
    browser.request({**encode(REQUEST), "id": "2"})
    (answer,) = await browser.answers("worker 1", 1)
    await asyncio.sleep(0)
    assert browser.posted["worker 1"] == [answer]
    assert answer["id"] == "2"


async def test_endpoint_that_loses_its_lock_reports_it_and_stops_listening(
    browser: FakeBrowser,
) -> None:
    lost = asyncio.Event()
    await serve(lost.set)
    browser.take_lock(Exception("AbortError"))
    assert lost.is_set()
    assert CHANNEL not in browser.channels


async def test_closed_endpoint_reports_no_loss(browser: FakeBrowser) -> None:
    endpoint = await serve(lambda: pytest.fail("a loss was reported"))
    closing = asyncio.ensure_future(endpoint.close())
    await asyncio.sleep(0)
    browser.take_lock(Exception("AbortError"))
    await closing
    assert CHANNEL not in browser.channels


async def test_lock_is_released_even_if_close_is_cancelled(browser: FakeBrowser) -> None:
    endpoint = await serve()
    closing = asyncio.ensure_future(endpoint.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    browser.free_lock()


async def test_name_held_by_another_kernel_is_not_opened(browser: FakeBrowser) -> None:
    browser.refusals = 1
    browser.holders = [held(app_lock("/demo/", "shop"), "other")]
    assert not await make().open(steal=False)


async def test_name_is_taken_from_a_published_app(browser: FakeBrowser) -> None:
    browser.refusals = 1
    names = app_lock("/demo/", "shop"), published_lock("/demo/", "shop")
    browser.holders = [held(name, "runtime") for name in names]
    assert await make().open(steal=False)


async def test_name_is_not_taken_from_a_kernel_while_the_published_app_waits(
    browser: FakeBrowser,
) -> None:
    browser.refusals = 1
    browser.holders = [
        held(app_lock("/demo/", "shop"), "kernel"),
        held(published_lock("/demo/", "shop"), "runtime"),
    ]
    assert not await make().open(steal=False)


@pytest.mark.parametrize(
    "holder",
    [
        SimpleNamespace(name=app_lock("/demo/", "shop"), mode="shared"),
        SimpleNamespace(name=app_lock("/demo/", "blog"), mode="exclusive"),
        None,
    ],
)
async def test_name_is_opened_if_a_worker_only_probed_its_lock(
    holder: SimpleNamespace | None, browser: FakeBrowser
) -> None:
    browser.refusals = 2
    browser.holders = [holder] if holder else []
    assert await make().open(steal=False)
    assert CHANNEL in browser.channels


async def test_close_waits_until_the_lock_is_released(browser: FakeBrowser) -> None:
    endpoint = await serve()
    closing = asyncio.ensure_future(endpoint.close())
    done, _ = await asyncio.wait([closing], timeout=0.05)
    assert not done
    assert CHANNEL not in browser.channels
    browser.free_lock()
    await closing


async def test_taking_a_name_waits_until_its_holder_has_let_go(
    browser: FakeBrowser,
) -> None:
    opening = asyncio.ensure_future(make().open(steal=True))
    done, _ = await asyncio.wait([opening], timeout=0.05)
    assert not done
    browser.grant_waiting()
    assert await opening


async def test_name_is_free_after_its_handover_was_cancelled(browser: FakeBrowser) -> None:
    endpoint = make(lambda: pytest.fail("the lock was kept, then lost"))
    await cancel(asyncio.ensure_future(endpoint.open(steal=True)))
    assert CHANNEL not in browser.channels
    browser.take_lock(Exception("AbortError"))


async def test_lock_that_is_granted_after_a_cancellation_is_not_kept(browser: FakeBrowser) -> None:
    browser.delays = True
    await cancel(asyncio.ensure_future(make().open(steal=False)))
    browser.grant_waiting()
    assert CHANNEL not in browser.channels
    browser.free_lock()


async def cancel(opening: asyncio.Future[bool]) -> None:
    """Cancel the opening of an endpoint once it waits."""
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait([opening])
    assert opening.cancelled()


async def test_taking_a_name_waits_at_most_a_second_for_a_busy_holder(
    browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make()
    module: Any = sys.modules["jupyterlite_asgi.hosts.browser.endpoint"]
    assert module.HANDOVER == 1
    monkeypatch.setattr(module, "HANDOVER", 0.01)
    assert await endpoint.open(steal=True)
    assert CHANNEL in browser.channels
