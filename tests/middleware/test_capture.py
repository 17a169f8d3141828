from __future__ import annotations

import asyncio
import sys
from functools import partial

import pytest

from jupyterlite_asgi.serving.middleware.capture import AppLog, capture
from jupyterlite_asgi.types import Receive, Scope, Send

from ..support.app_call import LIFESPAN, AppCall, http, passes_through, websocket


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the standard streams after the test."""
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))


async def prints(scope: Scope, receive: Receive, send: Send) -> None:
    print("from the app")
    await asyncio.create_task(prints_an_error())


async def prints_an_error() -> None:
    print("from its task", file=sys.stderr)


@pytest.mark.parametrize("scope", [http(), websocket()], ids=lambda scope: str(scope["type"]))
async def test_prints_go_to_the_log(scope: Scope, capsys: pytest.CaptureFixture[str]) -> None:
    log = AppLog()
    await AppCall(capture(prints, log), scope).all()
    print("from a cell")
    assert list(log) == ["from the app", "from its task"]
    assert capsys.readouterr() == ("from a cell\n", "")


async def test_lifespan_prints_below_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    log = AppLog()
    await AppCall(capture(prints, log), LIFESPAN).all()
    assert list(log) == []
    assert capsys.readouterr() == ("from the app\n", "from its task\n")


@pytest.mark.parametrize("scope", [http(), websocket(), LIFESPAN], ids=lambda scope: scope["type"])
async def test_messages_pass_through(scope: Scope) -> None:
    assert await passes_through(scope, partial(capture, log=AppLog()))
