"""Where code runs or waits, as a 504 and the page of a busy kernel name it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi.serving.places import awaited_place, place_of


def here() -> FrameType:
    return sys._getframe()


LINE = here.__code__.co_firstlineno + 1


def define(shell: InteractiveShell, source: str) -> Callable[..., Any]:
    """Run a cell that defines ``function``; return that."""
    assert shell.run_cell(source, store_history=True).success
    function: Callable[..., Any] = shell.user_ns["function"]
    return function


def test_place_outside_of_a_notebook_is_the_innermost() -> None:
    assert place_of(here()) == f"{__file__}, line {LINE}"


def test_generated_code_is_no_place_of_its_own() -> None:
    generated: dict[str, Any] = {}
    exec("def call(function): return function()", generated)
    assert place_of(generated["call"](sys._getframe)).startswith(f"{__file__}, line ")


def test_place_in_a_notebook_is_the_innermost_cell(shell: InteractiveShell) -> None:
    function = define(shell, "def function(call):\n    return call()")
    assert function(lambda: place_of(here())) == "Cell In[1], line 2"


async def test_place_of_a_task_is_where_it_waits(shell: InteractiveShell) -> None:
    function = define(shell, "async def function(event):\n    await event.wait()")
    assert await place_of_task(function(asyncio.Event())) == "Cell In[1], line 2"


async def test_place_of_a_task_may_be_in_a_library() -> None:
    assert "asyncio/locks.py, line " in await place_of_task(asyncio.Event().wait())


async def place_of_task(waiting: Coroutine[Any, Any, object]) -> str:
    """Return the place of a task for ``waiting``, which is cancelled then."""
    task = asyncio.create_task(waiting)
    await asyncio.sleep(0)
    place = awaited_place(task)
    task.cancel()
    return place
