"""Runs each ``async def test_…`` in an event loop of its own, within a time limit.

With ``@pytest.mark.virtual_time`` the loop is a ``VirtualTimeLoop``; it runs until all tasks that
the test started are done.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine
from typing import Any

import pytest

from .virtual_time import VirtualTimeLoop

#: Seconds after which a test counts as hung.
TIME_LIMIT = 10

#: The same in virtual time, where a test may wait longer.
VIRTUAL_TIME_LIMIT = 60


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function; leave any other to pytest."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(test).parameters}
    if pyfuncitem.get_closest_marker("virtual_time") is None:
        asyncio.run(_limit(test(**arguments)))
    else:
        _run_in_virtual_time(test(**arguments))
    return True


async def _limit(test: Coroutine[Any, Any, None]) -> None:
    await asyncio.wait_for(test, TIME_LIMIT)


def _run_in_virtual_time(test: Coroutine[Any, Any, None]) -> None:
    loop = VirtualTimeLoop()
    try:
        loop.run_until_complete(asyncio.wait_for(test, VIRTUAL_TIME_LIMIT))
        for task in asyncio.all_tasks(loop):
            loop.run_until_complete(asyncio.wait_for(task, VIRTUAL_TIME_LIMIT))
    finally:
        loop.close()
