"""A minimal ``js`` module, as far as the browser's host needs one."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jupyterlite_asgi.hosts.browser.protocol import VERSION, requests_channel


class FakeBrowser:
    """Channels that record what is posted, and locks.

    An app's lock is granted at once, unless it ``delays``. Of the rest, ``grant_waiting`` grants
    the last one requested.
    """

    def __init__(self) -> None:
        self.channels: dict[str, Any] = {}
        self.posted: dict[str, list[dict[str, Any]]] = {}
        self.take_lock: Callable[[object], None]
        self.free_lock: Callable[[], None]
        self._came = asyncio.Event()
        self.refusals = 0  # how often the app's lock is still refused
        self.delays = False  # whether the app's lock waits for ``grant_waiting``, too
        self.holders: list[SimpleNamespace] = []  # the locks that a query reports
        self.grant_waiting: Callable[[], object]
        self.js = SimpleNamespace(
            isSecureContext=True,
            String=SimpleNamespace(prototype=SimpleNamespace(toWellFormed=str)),
            URL=SimpleNamespace(canParse=bool),
            BroadcastChannel=SimpleNamespace(new=self._open_channel),
            crypto=SimpleNamespace(randomUUID=lambda: "1"),
            Object=SimpleNamespace(fromEntries=dict),
            fetch=self._fetch,
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
        """Post ``data`` on a channel, as any page of the site can."""
        if channel in self.channels:
            self.channels[channel].onmessage(SimpleNamespace(data=data))

    def request(self, fields: dict[str, Any]) -> None:
        """Post a message, given as its fields, to the served app."""
        self.send(requests_channel("/demo/", "shop"), SimpleNamespace(to_py=lambda: fields))

    async def answers(self, channel: str, count: int) -> list[dict[str, Any]]:
        """Wait until ``count`` messages have been posted on a channel; return them."""
        while len(self.posted.get(channel, [])) < count:
            self._came.clear()
            await self._came.wait()
        return self.posted[channel]

    async def _fetch(self, url: str) -> object:
        """Answer as our service worker does for the URL of its version."""

        async def json() -> object:
            return SimpleNamespace(to_py=lambda: {"protocol": VERSION, "version": "1"})

        assert url.endswith("/asgi/-/version")
        return SimpleNamespace(json=json)

    def _open_channel(self, name: str) -> object:
        posted = self.posted.setdefault(name, [])

        def post(fields: dict[str, Any]) -> None:
            posted.append(fields)
            self._came.set()

        self.channels[name] = SimpleNamespace(
            postMessage=post, close=lambda: self.channels.pop(name)
        )
        return self.channels[name]

    def _request_lock(
        self, name: str, options: dict[str, bool], on_lock: Callable[[Any], object]
    ) -> object:
        grant = functools.partial(on_lock, SimpleNamespace(mode="exclusive"))
        if " app " in name and self.refusals > 0 and "steal" not in options:
            self.refusals -= 1
            on_lock(None)
        elif " app " in name and not self.delays:
            grant()
        else:
            self.grant_waiting = grant
        return SimpleNamespace(then=functools.partial(self._watch, name))

    async def _query_locks(self) -> object:
        return SimpleNamespace(held=self.holders)

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
