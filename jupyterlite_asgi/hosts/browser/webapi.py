"""The browser's APIs: BroadcastChannel (WHATWG HTML, section 9.5), Web Locks (W3C) and fetch.

The only module that imports ``js``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from .protocol import ProtocolError


class Channel:
    """A BroadcastChannel; ``receive`` gets each message's fields, and may raise ProtocolError."""

    #: The number of messages that could not be read.
    dropped: ClassVar[int] = 0

    def __init__(self, name: str, receive: Callable[[dict[str, Any]], None]) -> None:
        self._receive = receive
        self._closed = False
        self._proxy = create_proxy(self._on_message)
        self._channel = js.BroadcastChannel.new(name)
        self._channel.onmessage = self._proxy

    def post(self, fields: dict[str, Any]) -> None:
        """Send ``fields`` to all other listeners."""
        if not self._closed:
            self._channel.postMessage(_object(fields))

    def close(self) -> None:
        """Stop listening."""
        self._closed = True
        self._channel.close()
        self._channel.onmessage = None
        self._proxy.destroy()

    def _on_message(self, event: Any) -> None:
        try:
            self._receive(_fields(event.data))
        except ProtocolError:
            Channel.dropped += 1


def broadcast(name: str, fields: dict[str, Any]) -> None:
    """Send ``fields`` to all listeners on the named channel."""
    channel = js.BroadcastChannel.new(name)
    channel.postMessage(_object(fields))
    channel.close()


async def fetch_json(url: str) -> Any:
    """Return the JSON at ``url``; None if that fails."""
    try:
        response = await js.fetch(url)
        return (await response.json()).to_py()
    except Exception:  # a network error, or an HTML page from the web server
        return None


async def fetch_text(url: str) -> str:
    """Return the text at ``url``; empty if that fails."""
    try:
        return str(await (await js.fetch(url)).text())
    except JsException:
        return ""


def _object(fields: dict[str, Any]) -> Any:
    return to_js(fields, dict_converter=js.Object.fromEntries)


def _fields(data: Any) -> dict[str, Any]:
    """Return the fields of a message; raise ProtocolError if it is not an object."""
    try:
        fields = data.to_py().items()
    except Exception as error:  # not an object, or one with keys that Python cannot hash
        raise ProtocolError(f"expected a message, got {data!r}") from error
    return {
        name: bytes(value) if isinstance(value, memoryview) else value for name, value in fields
    }


def has(path: str) -> bool:
    """Return whether the browser has an API, such as ``navigator.locks``, and its value is true."""
    value = js
    for name in path.split("."):
        value = getattr(value, name, None)
    return bool(value)


def random_id() -> str:
    """Return an identifier that no other kernel has."""
    return str(js.crypto.randomUUID())


async def is_held(name: str) -> bool:
    """Return whether the named lock is held exclusively."""
    found = await js.navigator.locks.query()
    return any(lock.name == name and lock.mode == "exclusive" for lock in found.held)


async def is_held_with(name: str, other: str) -> bool:
    """Return whether one page or worker holds both locks exclusively."""
    found = await js.navigator.locks.query()
    holders = {lock.name: lock.clientId for lock in found.held if lock.mode == "exclusive"}
    return name in holders and holders[name] == holders.get(other)


class Lock:
    """A Web Lock, held until it is released or stolen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._released = False
        #: Done when the lock was released or stolen.
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = js.Promise.new(create_once_callable(self._keep_resolve))

    def acquire(
        self,
        *,
        wait: bool = False,
        steal: bool = False,
        on_grant: Callable[[], None] | None = None,
        on_loss: Callable[[], None] | None = None,
    ) -> asyncio.Future[bool]:
        """Request the lock; the result is whether it was granted.

        Args:
            wait: wait while the lock is held, instead of returning False.
            steal: take the lock from its holder.
            on_grant: called synchronously when the lock is granted.
            on_loss: called synchronously when the lock was stolen.
        """
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_lock(lock: Any) -> Any:
            if granted.cancelled():
                return None  # nobody would release it
            taken = not hasattr(lock, "mode")  # null if it is held
            if not taken and on_grant is not None:
                on_grant()
            granted.set_result(not taken)
            return None if taken else self._held

        def on_end(_: Any = None) -> None:
            for proxy in proxies:
                proxy.destroy()
            if granted.done() and not granted.cancelled() and granted.result():
                self.ended.set_result(None)

        def on_error(error: Any) -> None:
            on_end()
            if granted.done() and not self._released and on_loss is not None:
                on_loss()
            elif not granted.done():
                granted.set_result(False)

        proxies = [create_proxy(callback) for callback in (on_lock, on_end, on_error)]
        options = _object({"steal": True} if steal else {"ifAvailable": not wait})
        js.navigator.locks.request(self.name, options, proxies[0]).then(*proxies[1:])
        return granted

    def release(self) -> None:
        """Release the lock, which is done at ``ended``."""
        self._released = True
        self._resolve()

    def _keep_resolve(self, resolve: Any, reject: Any) -> None:
        self._resolve = resolve
