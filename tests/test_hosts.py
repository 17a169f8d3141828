"""What serving needs of a host, tested with each host."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Protocol

import pytest

from jupyterlite_asgi.hosts.base import Endpoint, Host
from jupyterlite_asgi.hosts.browser.protocol import Request, app_lock, encode, requests_channel
from jupyterlite_asgi.hosts.memory import MemoryConnection
from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.site import BASE_URL_VARIABLE
from jupyterlite_asgi.types import ASGIApp

from .support.apps import says
from .support.fake_browser import FakeBrowser
from .support.fake_host import SITE, FakeHost


class Site(Protocol):
    """A host and its surroundings."""

    @property
    def host(self) -> Host:
        """The host itself."""

    async def request(self, name: str) -> str | None:
        """The response's text, or None if no app of that name gets the request."""

    async def close(self, endpoint: Endpoint) -> None:
        """Close ``endpoint``, the one opened last."""

    def hold(self, name: str) -> None:
        """Let another process hold the free name ``name``."""

    def take(self, name: str) -> None:
        """Let another process take the name of the endpoint opened last."""


class MemorySite:
    """A site with the host in memory."""

    def __init__(self) -> None:
        self.host = FakeHost()

    async def request(self, name: str) -> str | None:
        endpoint = self.host.endpoints.get(name)
        if endpoint is None:
            return None
        connection = MemoryConnection(http_scope("GET", endpoint.url, [], f"/demo/asgi/{name}"))
        connection.start(endpoint.app)
        content, more = await connection.read()
        assert not more
        return content.decode()

    async def close(self, endpoint: Endpoint) -> None:
        await endpoint.close()

    def hold(self, name: str) -> None:
        self.host.elsewhere.add(name)

    def take(self, name: str) -> None:
        self.host.take(name)


class BrowserSite:
    """A site with the browser's host, in a fake browser."""

    def __init__(self, browser: FakeBrowser) -> None:
        module: Any = import_module("jupyterlite_asgi.hosts.browser.host")
        self.host: Host = module.BrowserHost()
        self._browser = browser
        self._requests = 0

    async def request(self, name: str) -> str | None:
        channel = requests_channel("/demo/", name)
        if channel not in self._browser.channels:
            return None
        self._requests += 1
        request = Request(
            id=str(self._requests),
            reply="worker 1",
            sent=9e15,
            method="GET",
            url=f"{SITE}asgi/{name}/",
            headers=b"",
            body=False,
        )
        self._browser.send(channel, SimpleNamespace(to_py=lambda: encode(request)))
        answers = await self._browser.answers("worker 1", self._requests)
        return str(answers[-1]["chunk"].decode())

    async def close(self, endpoint: Endpoint) -> None:
        closing = asyncio.ensure_future(endpoint.close())
        await asyncio.sleep(0)
        self._browser.free_lock()
        await closing

    def hold(self, name: str) -> None:
        self._browser.refusals = 2
        lock = {"name": app_lock("/demo/", name), "mode": "exclusive", "clientId": "other"}
        self._browser.holders = [SimpleNamespace(**lock)]

    def take(self, name: str) -> None:
        self._browser.take_lock(Exception("AbortError"))


@pytest.fixture(params=["memory", "browser"])
def make_site(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Site]:
    """Makes a site, inside the event loop."""
    if request.param == "memory":
        return MemorySite
    monkeypatch.setenv(BASE_URL_VARIABLE, SITE)
    browser: FakeBrowser = request.getfixturevalue("browser")
    endpoint: Any = import_module("jupyterlite_asgi.hosts.browser.endpoint")
    monkeypatch.setattr(endpoint, "HANDOVER", 0.01)  # nobody holds the name
    host: Any = import_module("jupyterlite_asgi.hosts.browser.host")
    monkeypatch.setattr(host.busy, "listen", lambda *given: None)
    monkeypatch.setattr(host, "guard_kernel", lambda apps, serves: None)
    return lambda: BrowserSite(browser)


@dataclasses.dataclass
class Mounter:
    """Mounts apps as ``shop``."""

    site: Site
    losses: int = 0

    async def mount(self, app: ASGIApp, *, steal: bool = False) -> Endpoint | None:
        await self.site.host.check()
        return await self.site.host.mount("shop", app, Options(replace=steal), self._lose)

    def _lose(self) -> None:
        self.losses += 1


async def test_mounted_app_gets_requests_until_its_endpoint_is_closed(
    make_site: Callable[[], Site],
) -> None:
    site = make_site()
    assert await site.request("shop") is None
    endpoint = await Mounter(site).mount(says("hello"))
    assert endpoint is not None
    assert endpoint.url == f"{SITE}asgi/shop/"
    assert await site.request("shop") == "hello"
    await site.close(endpoint)
    assert await site.request("shop") is None


async def test_app_mounted_last_gets_the_next_request(
    make_site: Callable[[], Site],
) -> None:
    site = make_site()
    first = await Mounter(site).mount(says("one"))
    assert await site.request("shop") == "one"
    assert await Mounter(site).mount(says("two")) is first
    assert await site.request("shop") == "two"


async def test_name_can_be_mounted_again_after_closing(make_site: Callable[[], Site]) -> None:
    site = make_site()
    first = await Mounter(site).mount(says("one"))
    assert first is not None
    await site.close(first)
    second = await Mounter(site).mount(says("two"))
    assert second not in (None, first)
    await first.close()  # for a second time
    assert await site.request("shop") == "two"


async def test_closing_is_not_a_loss(make_site: Callable[[], Site]) -> None:
    site = make_site()
    mounter = Mounter(site)
    endpoint = await mounter.mount(says("hello"))
    assert endpoint is not None
    await site.close(endpoint)
    assert mounter.losses == 0


async def test_loss_of_the_name_is_reported_to_the_current_app_once(
    make_site: Callable[[], Site],
) -> None:
    site = make_site()
    first, second = Mounter(site), Mounter(site)
    await first.mount(says("one"))
    await second.mount(says("two"))
    site.take("shop")
    assert (first.losses, second.losses) == (0, 1)
    assert await site.request("shop") is None


async def test_name_held_by_another_process_can_only_be_taken(
    make_site: Callable[[], Site],
) -> None:
    site = make_site()
    site.hold("shop")
    assert await Mounter(site).mount(says("hello")) is None
    assert await Mounter(site).mount(says("hello"), steal=True) is not None
    assert await site.request("shop") == "hello"
