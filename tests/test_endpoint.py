"""The browser's side of the kernel, with the least of a browser that it needs."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    COOKIES_HEADER,
    VERSION,
    CookieWrite,
    Ping,
    Pong,
    Request,
    app_lock,
    cookies_channel,
    encode,
    requests_channel,
    split_headers,
)
from jupyterlite_asgi.serving.options import Options
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from .support.apps import says
from .support.fake_browser import FakeBrowser

CHANNEL = requests_channel("/demo/", "shop")
REQUEST = Request("1", "worker 1", 9e15, "GET", "https://example.org/demo/asgi/shop/", b"", False)


def make(
    on_loss: Callable[[], None] = lambda: None, app: ASGIApp | None = None, *, timeout: float = 60
) -> Any:
    """An endpoint of an app that says hello, which is not open yet."""
    module: Any = import_module("jupyterlite_asgi.hosts.browser.endpoint")
    endpoint = module.BrowserEndpoint("https://example.org/demo/", "shop")
    endpoint.mount(app or says("hello"), Options(timeout=timeout), on_loss)
    return endpoint


async def serve(
    on_loss: Callable[[], None] = lambda: None, app: ASGIApp | None = None, *, timeout: float = 60
) -> Any:
    """Serve an app that says hello, on an endpoint of its own."""
    endpoint = make(on_loss, app, timeout=timeout)
    assert await endpoint.open(steal=False)
    return endpoint


async def test_request_is_answered(browser: FakeBrowser) -> None:
    await serve()
    browser.request(encode(REQUEST))
    (answer,) = await browser.answers("worker 1", 1)
    assert (answer["type"], answer["status"], answer["chunk"]) == ("response", 200, b"hello")


async def test_worker_that_asks_for_a_request_that_is_not_there_is_answered(
    browser: FakeBrowser,
) -> None:
    await serve()
    browser.request(encode(Ping("1", "worker 1")))
    assert browser.posted["worker 1"] == [encode(Pong("1", False))]


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
async def test_request_is_taken_until_its_timeout_after_it_was_sent(
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


async def test_app_that_takes_anothers_place_goes_on_with_its_cookies(browser: FakeBrowser) -> None:
    endpoint = await serve()
    browser.request(encode(CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1")))
    endpoint.mount(says("again"), Options(), lambda: None)
    browser.request({**encode(REQUEST), "headers": b"sec-fetch-mode\nnavigate"})
    (answer,) = await browser.answers("worker 1", 1)
    assert answer["chunk"] == b"again"
    assert "a" in unquote(dict(split_headers(answer["headers"]))[COOKIES_HEADER].decode())


@pytest.mark.parametrize("inject", [True, False])
async def test_page_gets_no_script_if_its_app_is_served_so(
    inject: bool, browser: FakeBrowser
) -> None:
    endpoint = await serve()
    endpoint.mount(says("again"), Options(inject=inject), lambda: None)
    browser.request({**encode(REQUEST), "headers": b"sec-fetch-mode\nnavigate"})
    (answer,) = await browser.answers("worker 1", 1)
    assert (COOKIES_HEADER in answer["headers"]) == inject


async def test_pages_get_a_snapshot_of_cookies_that_change(browser: FakeBrowser) -> None:
    await serve()
    name = cookies_channel("/demo/", "shop")
    write = encode(CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1"))
    browser.request(write)
    (message,) = browser.posted[name]
    assert json.loads(unquote(message["news"]))["cookies"][0]["name"] == "a"
    assert name not in browser.channels
    del browser.posted[name]
    browser.request(write)  # which has come by another way, too
    assert name not in browser.posted


async def test_nonsense_of_a_page_is_passed_over(browser: FakeBrowser) -> None:
    await serve()
    write = CookieWrite(1, None, b"\xff")  # type: ignore[arg-type]
    browser.request(encode(write))
    (message,) = browser.posted[cookies_channel("/demo/", "shop")]
    assert json.loads(unquote(message["news"]))["cookies"] == []


async def test_messages_that_cannot_be_read_are_counted(browser: FakeBrowser) -> None:
    await serve()
    browser.request({**encode(REQUEST), "v": VERSION + 1})
    browser.request({"v": VERSION, "type": "hello", "id": "1"})
    browser.send(CHANNEL, "no message")
    browser.request(encode(REQUEST))
    assert sys.modules["jupyterlite_asgi.hosts.browser.webapi"].Channel.dropped == 3
    await browser.answers("worker 1", 1)


async def test_endpoint_whose_lock_is_taken_says_so_and_listens_no_more(
    browser: FakeBrowser,
) -> None:
    lost = asyncio.Event()
    await serve(lost.set)
    browser.take_lock(Exception("AbortError"))
    assert lost.is_set()
    assert CHANNEL not in browser.channels


async def test_endpoint_that_was_closed_loses_nothing(browser: FakeBrowser) -> None:
    endpoint = await serve(lambda: pytest.fail("it was given up"))
    closing = asyncio.ensure_future(endpoint.close())
    await asyncio.sleep(0)
    browser.take_lock(Exception("AbortError"))
    await closing
    assert CHANNEL not in browser.channels


async def test_name_is_given_up_though_nobody_waits_for_it_any_longer(browser: FakeBrowser) -> None:
    endpoint = await serve()
    closing = asyncio.ensure_future(endpoint.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    browser.free_lock()


async def test_name_that_another_kernel_holds_is_not_opened(browser: FakeBrowser) -> None:
    browser.refusals = 1
    browser.holder = SimpleNamespace(name=app_lock("/demo/", "shop"), mode="exclusive")
    assert not await make().open(steal=False)


@pytest.mark.parametrize(
    "holder",
    [
        SimpleNamespace(name=app_lock("/demo/", "shop"), mode="shared"),
        SimpleNamespace(name=app_lock("/demo/", "blog"), mode="exclusive"),
        None,
    ],
)
async def test_name_is_opened_though_a_worker_has_just_learned_that_it_is_free(
    holder: SimpleNamespace | None, browser: FakeBrowser
) -> None:
    browser.refusals = 2
    browser.holder = holder
    assert await make().open(steal=False)
    assert CHANNEL in browser.channels


async def test_endpoint_is_closed_when_its_name_is_free(browser: FakeBrowser) -> None:
    endpoint = await serve()
    closing = asyncio.ensure_future(endpoint.close())
    done, _ = await asyncio.wait([closing], timeout=0.05)
    assert not done
    assert CHANNEL not in browser.channels
    browser.free_lock()
    await closing


async def test_who_takes_a_name_waits_until_its_holder_has_heard_of_it(
    browser: FakeBrowser,
) -> None:
    opening = asyncio.ensure_future(make().open(steal=True))
    done, _ = await asyncio.wait([opening], timeout=0.05)
    assert not done
    browser.grant_waiting()
    assert await opening


async def test_who_takes_a_name_waits_for_a_busy_holder_no_longer_than_a_second(
    browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make()
    module: Any = sys.modules["jupyterlite_asgi.hosts.browser.endpoint"]
    assert module.HANDOVER == 1
    monkeypatch.setattr(module, "HANDOVER", 0.01)
    assert await endpoint.open(steal=True)
    assert CHANNEL in browser.channels
