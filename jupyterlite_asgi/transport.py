"""The browser's side of the kernel: channels, locks, fetch. The only module that imports ``js``.

Channels and locks are those of the platform (WHATWG HTML, section 9.5; W3C Web Locks API). Only the
holder of an app's lock listens on its channel, and the browser frees the lock however the holder
dies.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

import js
from comm import create_comm
from pyodide.ffi import create_once_callable, create_proxy, to_js

from .errors import ServeError
from .host import Comm, Deliver, OnRequest
from .protocol import (
    VERSION,
    Abort,
    Cancel,
    FromKernel,
    Ping,
    Pong,
    ProtocolError,
    Request,
    app_lock,
    decode,
    encode,
    requests_channel,
)

#: The comm target that the labextension registers.
COMM_TARGET = "jupyterlite-asgi"

#: Set by the labextension before the kernel starts: the URL of the site.
BASE_URL_VARIABLE = "JUPYTERLITE_ASGI_BASE_URL"

#: Seconds that a freshly installed service worker gets to take this kernel's requests.
PATIENCE = 3.0


class BrowserHost:
    """The JupyterLite site that this kernel runs in.

    Raises:
        ServeError: the site does not say where it is.
    """

    def __init__(self) -> None:
        base_url = os.environ.get(BASE_URL_VARIABLE)
        if not base_url:
            raise ServeError(
                "This site has the Python package but not the extension: "
                "build it again with `pip install jupyterlite-asgi` and `jupyter lite build`."
            )
        self.base_url = base_url
        self._base = urlsplit(base_url).path

    async def check(self) -> None:
        """Return if the site's service worker knows us.

        Raises:
            ServeError: there is none, or it is not ours.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await self._worker_answers():
            if asyncio.get_running_loop().time() > deadline:
                raise ServeError(await self._why_no_worker())
            await asyncio.sleep(0.1)

    async def claim(self, name: str, on_request: OnRequest) -> BrowserEndpoint | None:
        """Hold ``name``; None where another kernel of this site holds it."""
        lock = _Lock(app_lock(self._base, name))
        if not await lock.acquire():
            return None
        return BrowserEndpoint(lock, requests_channel(self._base, name), on_request)

    def open_comm(self, data: dict[str, Any]) -> Comm:
        """Tell the JupyterLab page of a served app."""
        comm: Comm = create_comm(target_name=COMM_TARGET, data=data)
        return comm

    async def _worker_answers(self) -> bool:
        try:
            response = await js.fetch(f"{self.base_url}asgi/-/version")
            answer = (await response.json()).to_py()
        except Exception:  # a network error, or a page of the host's instead of ours
            return False
        if answer.get("protocol") != VERSION:
            raise ServeError(
                f"The site was updated to version {answer.get('version')} of jupyterlite-asgi "
                "while this kernel was running: save the notebook and reload the page."
            )
        return True

    async def _why_no_worker(self) -> str:
        try:
            response = await js.fetch(f"{self.base_url}service-worker.js")
            ours = "jupyterlite-asgi" in await response.text()
        except Exception:
            ours = False
        if ours:
            return (
                "This window has no service worker, and without one no app can be reached: "
                "use https:// or localhost and a window that is not private, then reload the page."
            )
        return (
            "This site was built without the jupyterlite-asgi addon: build it again with "
            "`pip install jupyterlite-asgi` and `jupyter lite build`, then reload the page."
        )


class BrowserEndpoint:
    """A held name and its channel of requests."""

    def __init__(self, lock: _Lock, channel: str, on_request: OnRequest) -> None:
        self.on_request = on_request
        self._lock = lock
        self._channel = _Channel(channel, self._receive)

    def close(self) -> None:
        """Stop listening, and give the name up."""
        self._channel.close()
        self._lock.release()

    def _receive(self, fields: dict[str, Any]) -> None:
        message = decode(fields)
        if isinstance(message, Request):
            peer = _Peer.of(message.reply)
            deliver = self.on_request(message, peer.post)
            if deliver is not None:
                peer.deliver[message.id] = deliver
        elif isinstance(message, Ping):
            peer = _Peer.of(message.reply)
            peer.post(Pong(message.id, message.id in peer.deliver))


class _Peer:
    """One instance of the service worker: its channel, and what it awaits of us.

    Browsers stop an idle worker and start another, which is another peer. The worker holds a lock
    named like its channel; being granted that lock means that it is gone.
    """

    _known: ClassVar[dict[str, _Peer]] = {}

    @classmethod
    def of(cls, name: str) -> _Peer:
        """The peer whose channel has that name."""
        if name not in cls._known:
            cls._known[name] = cls(name)
        return cls._known[name]

    def __init__(self, name: str) -> None:
        self.deliver: dict[str, Deliver] = {}
        self._name = name
        self._channel = _Channel(name, self._receive)
        self._watch = asyncio.ensure_future(self._wait_for_its_end())

    def post(self, message: FromKernel) -> None:
        """Send ``message`` to the worker; the last one of an exchange ends it."""
        self._channel.post(encode(message))
        if isinstance(message, Abort) or getattr(message, "more", True) is False:
            self.deliver.pop(message.id, None)

    def _receive(self, fields: dict[str, Any]) -> None:
        message = decode(fields)
        ends = isinstance(message, Cancel)
        deliver = self.deliver.pop(message.id, None) if ends else self.deliver.get(message.id)
        if deliver is not None:
            deliver(message)

    async def _wait_for_its_end(self) -> None:
        lock = _Lock(self._name)
        await lock.acquire(wait=True)
        lock.release()
        del self._known[self._name]
        for identifier, deliver in list(self.deliver.items()):
            deliver(Cancel(identifier))
        self._channel.close()


class _Channel:
    """A BroadcastChannel that hands on the fields of each message of our version."""

    def __init__(self, name: str, receive: Callable[[dict[str, Any]], None]) -> None:
        self._receive = receive
        self._closed = False
        self._proxy = create_proxy(self._on_message)
        self._channel = js.BroadcastChannel.new(name)
        self._channel.onmessage = self._proxy

    def post(self, fields: dict[str, Any]) -> None:
        """Send ``fields`` to the other end."""
        if not self._closed:
            self._channel.postMessage(to_js(fields, dict_converter=js.Object.fromEntries))

    def close(self) -> None:
        """Stop listening."""
        self._closed = True
        self._channel.close()
        self._channel.onmessage = None
        self._proxy.destroy()

    def _on_message(self, event: Any) -> None:
        fields = {
            name: bytes(value) if isinstance(value, memoryview) else value
            for name, value in event.data.to_py().items()
        }
        if fields.get("v") == VERSION:
            try:
                self._receive(fields)
            except ProtocolError:
                return  # what goes to the worker passes other kernels too


class _Lock:
    """A Web Lock, held until it is released."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._held = js.Promise.new(create_once_callable(self._keep_resolve))

    async def acquire(self, *, wait: bool = False) -> bool:
        """Get the lock; where it is taken wait for it, or else return False."""
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_lock(lock: Any) -> Any:
            granted.set_result(hasattr(lock, "mode"))  # null where it is taken
            return self._held

        options = to_js({"ifAvailable": not wait}, dict_converter=js.Object.fromEntries)
        js.navigator.locks.request(self._name, options, create_once_callable(on_lock))
        return await granted

    def release(self) -> None:
        """Let the next in the queue have it."""
        self._resolve()

    def _keep_resolve(self, resolve: Any, reject: Any) -> None:
        self._resolve = resolve
