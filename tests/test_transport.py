"""The browser's side of the kernel, with the least of a browser that it needs."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from jupyterlite_asgi.host import Deliver, Post
from jupyterlite_asgi.protocol import (
    VERSION,
    Cancel,
    Cookies,
    CookieWrite,
    FromWorker,
    Ping,
    Pong,
    Request,
    Response,
    app_lock,
    cookies_channel,
    encode,
    requests_channel,
)

from .fakes import run

CHANNEL = requests_channel("/demo/", "shop")
REQUEST = Request("1", "worker 1", 0, "GET", "https://example.org/demo/asgi/shop/", b"", False)


class Browser:
    """Channels that keep what is posted, and locks of which only an app's own is granted.

    Any other is granted once ``grant_waiting`` is called, the last one that was asked for.
    """

    def __init__(self) -> None:
        self.channels: dict[str, Any] = {}
        self.posted: dict[str, list[dict[str, Any]]] = {}
        self.take_lock: Callable[[object], None]
        self.free_lock: Callable[[], None]
        self.refusals = 0  # how often the app's lock is not to be had
        self.holder: SimpleNamespace | None = None  # and why
        self.grant_waiting: Callable[[], object]
        self.js = SimpleNamespace(
            BroadcastChannel=SimpleNamespace(new=self._open_channel),
            Object=SimpleNamespace(fromEntries=dict),
            Promise=SimpleNamespace(new=lambda executor: executor(lambda: None, None)),
            navigator=SimpleNamespace(
                locks=SimpleNamespace(request=self._request_lock, query=self._query_locks)
            ),
        )
        self.ffi = SimpleNamespace(
            JsException=Exception,
            create_once_callable=_proxy,
            create_proxy=_proxy,
            to_js=lambda value, dict_converter: value,
        )

    def send(self, channel: str, data: object) -> None:
        """Send what a page may send to those who listen on a channel."""
        if channel in self.channels:
            self.channels[channel].onmessage(SimpleNamespace(data=data))

    def ask(self, fields: dict[str, Any]) -> None:
        """Send the fields of a message to the served app."""
        self.send(CHANNEL, SimpleNamespace(to_py=lambda: fields))

    def _open_channel(self, name: str) -> object:
        posted = self.posted[name] = []
        self.channels[name] = SimpleNamespace(
            postMessage=posted.append, close=lambda: self.channels.pop(name)
        )
        return self.channels[name]

    def _request_lock(self, name: str, options: object, on_lock: Callable[[Any], object]) -> object:
        grant = functools.partial(on_lock, SimpleNamespace(mode="exclusive"))
        if " app " in name and self.refusals > 0:
            self.refusals -= 1
            on_lock(None)
        elif " app " in name:
            grant()
        else:
            self.grant_waiting = grant
        return SimpleNamespace(then=functools.partial(self._watch, name))

    async def _query_locks(self) -> object:
        return SimpleNamespace(held=[self.holder] if self.holder else [])

    def _watch(
        self, name: str, on_end: Callable[[], None], on_error: Callable[[object], None]
    ) -> None:
        if " app " in name:
            self.free_lock, self.take_lock = on_end, on_error


def _proxy(function: Callable[..., Any]) -> Callable[..., Any]:
    def proxy(*args: object) -> object:
        return function(*args)

    proxy.destroy = lambda: None  # type: ignore[attr-defined]
    return proxy


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser to import the transport in, which knows no worker yet."""
    fake = Browser()
    monkeypatch.setitem(sys.modules, "js", fake.js)
    monkeypatch.setitem(sys.modules, "pyodide", ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", fake.ffi)
    yield fake
    sys.modules.pop("jupyterlite_asgi.transport", None)


class Hello:
    """Says hello, and keeps what scripts write."""

    timeout = 60

    def __init__(self) -> None:
        self.writes: list[CookieWrite] = []

    def accept(self, request: Request, post: Post) -> Deliver:
        post(Response(request.id, 200, b"", b"hello", False))
        return lambda message: None

    def write(self, write: CookieWrite) -> None:
        self.writes.append(write)


class Silent(Hello):
    """Says nothing, and keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.received: asyncio.Queue[FromWorker] = asyncio.Queue()

    def accept(self, request: Request, post: Post) -> Deliver:
        return self.received.put_nowait


def make(on_loss: Callable[[], None] = lambda: None, service: Hello | None = None) -> Any:
    """An endpoint of an app that says hello, which is not open yet."""
    transport: Any = import_module("jupyterlite_asgi.transport")
    endpoint = transport.BrowserEndpoint("/demo/", "shop", on_loss)
    endpoint.serve(service or Hello())
    return endpoint


async def serve(on_loss: Callable[[], None] = lambda: None, service: Hello | None = None) -> Any:
    """Serve an app that says hello, on an endpoint of its own."""
    endpoint = make(on_loss, service)
    assert await endpoint.open(steal=False)
    return endpoint


def test_worker_is_answered_on_its_channel(browser: Browser) -> None:
    async def test() -> None:
        await serve()
        browser.ask(encode(REQUEST))
        assert [fields["type"] for fields in browser.posted["worker 1"]] == ["response"]

    run(test)


def test_worker_that_asks_about_a_request_that_never_came_is_told_so(browser: Browser) -> None:
    async def test() -> None:
        await serve()
        browser.ask(encode(Ping("1", "worker 1")))
        assert browser.posted["worker 1"] == [encode(Pong("1", False))]

    run(test)


def test_request_is_cancelled_when_its_worker_dies(browser: Browser) -> None:
    async def test() -> None:
        service = Silent()
        await serve(service=service)
        browser.ask(encode(REQUEST))
        await asyncio.sleep(0)
        browser.grant_waiting()
        assert await service.received.get() == Cancel("1")
        assert "worker 1" not in browser.channels

    run(test)


def test_what_a_script_writes_reaches_the_service(browser: Browser) -> None:
    async def test() -> None:
        hello = Hello()
        await serve(service=hello)
        write = CookieWrite("1", "https://example.org/demo/asgi/shop/", "a=1")
        browser.ask(encode(write))
        assert hello.writes == [write]

    run(test)


def test_pages_are_told_on_a_channel_that_is_not_kept_open(browser: Browser) -> None:
    async def test() -> None:
        endpoint = await serve()
        endpoint.tell(Cookies("news"))
        name = cookies_channel("/demo/", "shop")
        assert browser.posted[name] == [{"v": VERSION, "type": "cookies", "news": "news"}]
        assert name not in browser.channels

    run(test)


def test_messages_that_cannot_be_read_are_counted(browser: Browser) -> None:
    async def test() -> None:
        endpoint = await serve()
        browser.ask({**encode(REQUEST), "v": VERSION + 1})
        browser.ask({**encode(REQUEST), "v": VERSION - 1})
        browser.ask({"v": VERSION, "type": "hello", "id": "1"})
        browser.send(CHANNEL, "no message")
        browser.ask(encode(REQUEST))
        assert endpoint.dropped == 4
        assert len(browser.posted["worker 1"]) == 1

    run(test)


def test_endpoint_whose_lock_is_taken_says_so_and_listens_no_more(browser: Browser) -> None:
    async def test() -> None:
        lost = asyncio.Event()
        await serve(lost.set)
        browser.take_lock(Exception("AbortError"))
        assert lost.is_set()
        assert CHANNEL not in browser.channels

    run(test)


def test_endpoint_that_was_closed_loses_nothing(browser: Browser) -> None:
    async def test() -> None:
        endpoint = await serve(lambda: pytest.fail("it was given up"))
        closing = asyncio.ensure_future(endpoint.close())
        await asyncio.sleep(0)
        browser.take_lock(Exception("AbortError"))
        await closing
        assert CHANNEL not in browser.channels

    run(test)


def test_name_is_given_up_though_nobody_waits_for_it_any_longer(browser: Browser) -> None:
    async def test() -> None:
        endpoint = await serve()
        closing = asyncio.ensure_future(endpoint.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait([closing])
        browser.free_lock()

    run(test)


def test_name_that_another_kernel_holds_is_not_opened(browser: Browser) -> None:
    async def test() -> None:
        browser.refusals = 1
        browser.holder = SimpleNamespace(name=app_lock("/demo/", "shop"), mode="exclusive")
        assert not await make().open(steal=False)

    run(test)


@pytest.mark.parametrize(
    "holder",
    [
        SimpleNamespace(name=app_lock("/demo/", "shop"), mode="shared"),
        SimpleNamespace(name=app_lock("/demo/", "blog"), mode="exclusive"),
        None,
    ],
)
def test_name_is_opened_though_a_worker_has_just_learned_that_it_is_free(
    holder: SimpleNamespace | None, browser: Browser
) -> None:
    async def test() -> None:
        browser.refusals = 2
        browser.holder = holder
        assert await make().open(steal=False)
        assert CHANNEL in browser.channels

    run(test)


def test_endpoint_is_closed_when_its_name_is_free(browser: Browser) -> None:
    async def test() -> None:
        endpoint = await serve()
        closing = asyncio.ensure_future(endpoint.close())
        done, _ = await asyncio.wait([closing], timeout=0.05)
        assert not done
        assert CHANNEL not in browser.channels
        browser.free_lock()
        await closing

    run(test)


def test_who_takes_a_name_waits_until_its_holder_has_heard_of_it(browser: Browser) -> None:
    async def test() -> None:
        opening = asyncio.ensure_future(make().open(steal=True))
        done, _ = await asyncio.wait([opening], timeout=0.05)
        assert not done
        browser.grant_waiting()
        assert await opening

    run(test)


def test_who_takes_a_name_waits_for_a_busy_holder_no_longer_than_a_second(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        endpoint = make()
        transport: Any = sys.modules["jupyterlite_asgi.transport"]
        assert transport.HANDOVER == 1
        monkeypatch.setattr(transport, "HANDOVER", 0.01)
        assert await endpoint.open(steal=True)
        assert CHANNEL in browser.channels

    run(test)
