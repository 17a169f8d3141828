"""Pyodide's event loop; ``ui-tests/`` have the real one."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from jupyterlite_asgi.patches.pyodide import patch_loop
from jupyterlite_asgi.preemption import CallbackEnded

from .support.jspi import InCell


@pytest.fixture
def webloop() -> Any:
    """A module like ``pyodide.webloop``, with the patch."""

    class WebLoop:
        def run_until_complete(self, future: object) -> str:
            return "run"

        def default_exception_handler(self, context: dict[str, object]) -> None:
            print(*context.values())

    class WebLoopPolicy:
        _default_loop: object = None

        def new_event_loop(self) -> object:
            self._default_loop = loop = asyncio.SelectorEventLoop()
            loop.close()
            asyncio._set_running_loop(loop)
            return loop

    module = ModuleType("pyodide.webloop")
    vars(module).update(WebLoop=WebLoop, WebLoopPolicy=WebLoopPolicy)
    patch_loop(module)
    return module


async def test_running_loop_is_kept_when_another_is_made(webloop: Any) -> None:
    running, policy = asyncio.get_running_loop(), webloop.WebLoopPolicy()
    assert policy.new_event_loop() is not running
    assert (asyncio.get_running_loop(), policy._default_loop) == (running, None)


def test_first_loop_is_the_running_one(webloop: Any) -> None:
    policy = webloop.WebLoopPolicy()
    loop = policy.new_event_loop()
    assert (asyncio._get_running_loop(), policy._default_loop) == (loop, loop)
    asyncio._set_running_loop(None)


def test_run_until_complete_explains_why_it_cannot_wait(webloop: Any) -> None:
    with pytest.raises(RuntimeError, match="Nothing can end this wait"):
        webloop.WebLoop().run_until_complete(asyncio.sleep(0))


def test_run_until_complete_suspends_where_it_can(webloop: Any, in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        assert webloop.WebLoop().run_until_complete(None) == "run"


def test_callback_that_was_ended_is_reported_in_a_sentence(
    webloop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    report = webloop.WebLoop().default_exception_handler
    report({"message": "Exception in callback", "exception": CallbackEnded("It was ended.")})
    report({"message": "Exception in callback", "exception": ValueError("no")})
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("Exception in callback no\n", "It was ended.\n")
