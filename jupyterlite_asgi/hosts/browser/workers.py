"""The instances of the service worker that this kernel communicates with."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from .protocol import CookieWrite, FromKernel, decode, encode
from .resend import Exchanges
from .webapi import Channel, Lock


class Worker:
    """The channel to one instance of the service worker.

    Browsers stop an idle worker and later start another instance. Each holds a lock with the name
    of its channel: once we are granted that lock, the instance is gone.
    """

    _known: ClassVar[dict[str, Worker]] = {}

    @classmethod
    def of(cls, name: str) -> Worker:
        """Return the instance with the named channel."""
        if name not in cls._known:
            cls._known[name] = cls(name)
        return cls._known[name]

    def __init__(self, name: str) -> None:
        self.is_gone = False
        self._name = name
        self._channel = Channel(name, self._deliver)
        self._watch = asyncio.ensure_future(self._wait_for_end())

    def post(self, message: FromKernel) -> None:
        """Send ``message`` to the worker."""
        self._channel.post(encode(message))

    @staticmethod
    def _deliver(fields: dict[str, Any]) -> None:
        message = decode(fields)
        if not isinstance(message, CookieWrite):
            exchanges.deliver(message)

    async def _wait_for_end(self) -> None:
        lock = Lock(self._name)
        await lock.acquire(wait=True)
        lock.release()
        del self._known[self._name]
        self._channel.close()
        self.is_gone = True
        exchanges.lost(self)


#: All exchanges of this kernel.
exchanges = Exchanges()
