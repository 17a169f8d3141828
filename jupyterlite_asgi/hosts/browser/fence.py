"""Keeps a kernel that was busy from running requests for a name which another has taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from .webapi import is_held_with

#: Seconds between the sending and the reading of a request after which the kernel was busy.
LATE = 0.25


class Fence:
    """Confirms that this kernel holds the lock ``name``, besides the lock ``identity``.

    A busy kernel learns only later that it has lost a name, maybe after it has read requests which
    the new holder handles.
    """

    def __init__(self, name: str, identity: str) -> None:
        self._name, self._identity = name, identity
        self._confirmed = 0.0  # the loop's time of the last confirmation

    def check(self, sent: float) -> Callable[[], Awaitable[bool]] | None:
        """Return what says whether to run a request sent at that time; None if it may run.

        Args:
            sent: milliseconds since the epoch.
        """
        was_busy = time.time() - sent / 1000 > LATE
        now = asyncio.get_running_loop().time()
        return self._confirm if was_busy and now - self._confirmed > LATE else None

    async def _confirm(self) -> bool:
        held = await is_held_with(self._name, self._identity)
        if held:
            self._confirmed = asyncio.get_running_loop().time()
        return held
