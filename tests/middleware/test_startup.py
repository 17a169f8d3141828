from __future__ import annotations

import asyncio

import pytest

from jupyterlite_asgi.serving.middleware.startup import Startup
from jupyterlite_asgi.types import Receive, Scope, Send

from ..support.app_call import (
    LIFESPAN,
    START,
    AppCall,
    body,
    http,
    passes_through,
    sends,
    websocket,
)


@pytest.mark.parametrize("scope", [http(), websocket()], ids=lambda scope: str(scope["type"]))
async def test_request_waits_for_startup_and_gets_a_copy_of_the_state(scope: Scope) -> None:
    state = {"stock": "apples"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["state"] == state
        assert scope["state"] is not state
        await send(START)

    startup = Startup(app)
    call = AppCall(startup, scope)
    await asyncio.sleep(0)
    assert call.rest() == []
    startup.finish(state)
    assert await call.all() == [START]


async def test_app_that_failed_to_start_is_replaced_by_its_error() -> None:
    startup = Startup(sends(body(b"never")))
    call = AppCall(startup, http())
    startup.finish({}, sends(START))
    assert await call.all() == [START]


async def test_lifespan_does_not_wait() -> None:
    assert await passes_through(LIFESPAN, Startup)
