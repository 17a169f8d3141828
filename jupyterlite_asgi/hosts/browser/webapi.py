"""The browser's APIs as the kernel uses them: channels, locks, fetch.

The only module that imports ``js``. Channels and locks are those of the platform (WHATWG HTML,
section 9.5; W3C Web Locks API).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from .protocol import ProtocolError


class Channel:
    """A BroadcastChannel.

    Args:
        name: of the channel.
        receive: called with the fields of each message; raises ProtocolError for one that it
            cannot read.
    """

    #: How many messages could not be read.
    dropped: ClassVar[int] = 0

    def __init__(self, name: str, receive: Callable[[dict[str, Any]], None]) -> None:
        self._receive = receive
        self._closed = False
        self._proxy = create_proxy(self._on_message)
        self._channel = js.BroadcastChannel.new(name)
        self._channel.onmessage = self._proxy

    def post(self, fields: dict[str, Any]) -> None:
        """Send ``fields`` to the other end."""
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
    """Send ``fields`` to all who listen on the channel of that name."""
    channel = js.BroadcastChannel.new(name)
    channel.postMessage(_object(fields))
    channel.close()


async def fetch_json(url: str) -> Any:
    """What is at ``url``, read as JSON; None if that fails."""
    try:
        response = await js.fetch(url)
        return (await response.json()).to_py()
    except Exception:  # a network error, or a page of the host's
        return None


async def fetch_text(url: str) -> str:
    """What is at ``url``; empty if that fails."""
    try:
        return str(await (await js.fetch(url)).text())
    except JsException:
        return ""


def _object(fields: dict[str, Any]) -> Any:
    """A JavaScript object of ``fields``."""
    return to_js(fields, dict_converter=js.Object.fromEntries)


def _fields(data: Any) -> dict[str, Any]:
    """The fields of a message.

    Raises:
        ProtocolError: it is not made of fields.
    """
    try:
        fields = data.to_py().items()
    except AttributeError:
        raise ProtocolError(f"expected a message, got {data!r}") from None
    return {
        name: bytes(value) if isinstance(value, memoryview) else value for name, value in fields
    }


async def is_held(name: str) -> bool:
    """Whether the lock of that name is held, and not shared."""
    found = await js.navigator.locks.query()
    return any(lock.name == name and lock.mode == "exclusive" for lock in found.held)


class Lock:
    """A Web Lock, held until it is released or taken away."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._released = False
        #: Done when it is held no more, whether it was released or taken away.
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
        """Ask for the lock; the result is whether it was granted.

        Args:
            wait: wait for it if it is taken, instead of returning False.
            steal: take it from its holder.
            on_grant: called in the very callback that grants it.
            on_loss: called in the very callback that reports that it was stolen.
        """
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_lock(lock: Any) -> Any:
            taken = not hasattr(lock, "mode")  # null where another holds it
            if not taken and on_grant is not None:
                on_grant()
            granted.set_result(not taken)
            return None if taken else self._held

        def on_end(_: Any = None) -> None:
            for proxy in proxies:
                proxy.destroy()
            if granted.done() and granted.result():
                self.ended.set_result(None)

        def on_error(error: Any) -> None:
            on_end()
            if granted.done() and not self._released and on_loss is not None:
                on_loss()
            elif not granted.done():
                granted.set_result(False)

        proxies = [create_proxy(callback) for callback in (on_lock, on_end, on_error)]
        how = {"steal": True} if steal else {"ifAvailable": not wait}
        options = to_js(how, dict_converter=js.Object.fromEntries)
        js.navigator.locks.request(self._name, options, proxies[0]).then(*proxies[1:])
        return granted

    def release(self) -> None:
        """Let the next in the queue have it, which takes until ``ended``."""
        self._released = True
        self._resolve()

    def _keep_resolve(self, resolve: Any, reject: Any) -> None:
        self._resolve = resolve
