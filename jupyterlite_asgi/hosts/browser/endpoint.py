"""A name that this kernel holds in the browser: its lock, request channel and cookies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ...serve_options import Options
from ...site import app_url
from ...types import ASGIApp
from . import interrupts
from .basic_auth import with_basic_auth
from .cookies import with_cookies
from .credentials import Credentials
from .decoding import with_decoding
from .fence import Fence
from .http import BrowserHttpConnection, Deliver, Post
from .jar import Jar
from .protocol import (
    Begun,
    Cookies,
    CookieWrite,
    Interrupt,
    Interrupted,
    Ping,
    Pong,
    Request,
    app_lock,
    cookies_channel,
    decode,
    encode,
    published_lock,
    requests_channel,
    terms_lock,
)
from .webapi import Channel, Lock, broadcast, is_held, is_held_with
from .workers import Worker, exchanges

#: Seconds that a kernel which takes a name over waits for the previous holder to let go.
HANDOVER = 1.0


class BrowserEndpoint:
    """A served name. Only the holder of its lock listens on its channel.

    ``identity`` is a lock that only this kernel holds.
    """

    def __init__(self, base_url: str, name: str, identity: str) -> None:
        self.url = app_url(base_url, name)
        self._base, self._name = urlsplit(base_url).path, name
        self._root_path = urlsplit(self.url).path.rstrip("/")
        self._jar = Jar(self._root_path)
        self._jar.on_change = self._send_snapshot
        self._credentials = Credentials()
        self._lock = Lock(app_lock(self._base, name))
        self._fence = Fence(app_lock(self._base, name), identity)
        self._terms: Lock | None = None
        self._advertised: asyncio.Future[bool]
        self._channel: Channel | None = None
        self._app: ASGIApp
        self._timeout: float
        self._on_loss: Callable[[], None]

    def mount(self, app: ASGIApp, options: Options, on_loss: Callable[[], None]) -> None:
        """Pass requests to ``app`` from now on; see ``Host.mount``."""
        app = with_cookies(with_decoding(app), self._jar, inject=options.inject)
        self._app = with_basic_auth(app, self._credentials)
        self._timeout, self._on_loss = options.timeout, on_loss
        if self._channel is not None:
            self._advertise()

    async def open(self, *, steal: bool) -> bool:
        """Acquire the name, by force if ``steal``; return whether that succeeded.

        The previous holder listens until it is notified, then frees its terms. If it is busy for
        longer than ``HANDOVER``, requests that it has not read do not run.

        If this is cancelled or interrupted, the name is free again.
        """
        try:
            return await self._open(steal)
        except BaseException:
            self._release()
            raise

    async def _open(self, steal: bool) -> bool:
        acquire = partial(self._lock.acquire, on_grant=self._listen, on_loss=self._lose)
        held = await acquire(steal=steal)
        # A worker that waited for the previous holder may hold the lock for a moment.
        while not held and not await is_held(app_lock(self._base, self._name)):
            held = await acquire()
        if not held and await self._is_published():
            steal = True
            held = await acquire(steal=True)
        if held and steal:
            await asyncio.wait([self._advertised], timeout=HANDOVER)
        return held

    async def _is_published(self) -> bool:
        """Return whether the runtime of a published app has the name, which yields to notebooks."""
        names = app_lock(self._base, self._name), published_lock(self._base, self._name)
        return await is_held_with(*names)

    @property
    def is_open(self) -> bool:
        """Whether this endpoint receives requests."""
        return self._channel is not None

    async def close(self) -> None:
        """Stop listening, and return once the name is free."""
        self._release()
        await asyncio.wait([self._lock.ended])  # if cancelled, wait() does not cancel the future

    def _listen(self) -> None:
        self._channel = Channel(requests_channel(self._base, self._name), self._receive)
        self._advertise()

    def _advertise(self) -> None:
        """Publish the terms to workers, in the name of a lock."""
        self._withdraw()
        self._terms = Lock(terms_lock(self._base, self._name, self._timeout))
        self._advertised = self._terms.acquire(wait=True)

    def _withdraw(self) -> None:
        if self._terms is not None:
            self._terms.release()
            self._terms = None

    def _stop_listening(self) -> None:
        self._withdraw()
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _release(self) -> None:
        self._stop_listening()
        self._lock.release()

    def _lose(self) -> None:
        self._stop_listening()
        self._on_loss()

    def _receive(self, fields: dict[str, Any]) -> None:
        message = decode(fields)
        if isinstance(message, CookieWrite):
            self._jar.write(message.id, message.url, message.line, message.sent)
        elif isinstance(message, Request):
            confirm = None if self._has_expired(message) else self._fence.check(message.sent)
            exchanges.begin(message, Worker.of(message.reply), self._begin, confirm)
        elif isinstance(message, Ping):
            Worker.of(message.reply).post(Pong(message.id, message.id in exchanges.open))
        elif isinstance(message, Interrupt) and time.time() * 1000 <= message.until:
            Worker.of(message.reply).post(Interrupted(message.id, interrupts.handle(message.id)))

    def _begin(self, request: Request, post: Post) -> Deliver | None:
        if self._has_expired(request):
            return None
        if request.until:
            post(Begun(request.id))
        connection = BrowserHttpConnection(request, post, self._root_path)
        connection.start(self._app)
        return connection.deliver

    def _has_expired(self, request: Request) -> bool:
        """Return whether the worker has already responded in place of the app."""
        return time.time() * 1000 > (request.until or request.sent + self._timeout * 1000)

    def _send_snapshot(self) -> None:
        message = encode(Cookies(self._jar.snapshot()))
        broadcast(cookies_channel(self._base, self._name), message)
