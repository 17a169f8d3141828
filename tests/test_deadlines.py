"""Every wait has an end: late apps, hanging lifespans, readers that left, serving cut short."""

from __future__ import annotations

import asyncio
import re

import pytest

from jupyterlite_asgi import lifespan, server
from jupyterlite_asgi.cycle import Cycle, http_scope
from jupyterlite_asgi.errors import LifespanFailed
from jupyterlite_asgi.protocol import Cancel, FromKernel, Request, Response
from jupyterlite_asgi.server import Server
from jupyterlite_asgi.types import Receive, Scope, Send

START = {"type": "http.response.start", "status": 200}
URL = "https://example.org/asgi/app/"


def request(method: str = "GET") -> Request:
    return Request("1", "worker", 9e15, method, URL, b"", False)


class Patient:
    """An app that waits for ever and writes down how that ended."""

    def __init__(self) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        self.reached.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            self.over.set()
            raise


def test_late_answer_is_504_with_the_line_and_the_task_is_cancelled() -> None:
    posted: asyncio.Queue[FromKernel] = asyncio.Queue()
    app = Patient()

    async def main() -> None:
        served = Server(app, "app", "https://example.org/", timeout=0.01)
        await served.start_up()
        served.accept(request(), posted.put_nowait)
        answer = await posted.get()
        assert isinstance(answer, Response)
        assert answer.status == 504
        text = answer.chunk.decode()
        assert "The app did not answer within 0.01 seconds" in text
        assert re.search(r"GET /asgi/app/ was given up while it waited at .+, line \d+\.", text)
        await served.shut_down("stopped")

    asyncio.run(main())
    assert app.ended == ["cancelled"]
    assert posted.empty()


def test_app_that_does_not_notice_its_reader_leaving_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "NOTICE", 0.01)
    posted: list[FromKernel] = []
    app = Patient()

    async def main() -> None:
        served = Server(app, "app", "https://example.org/")
        await served.start_up()
        deliver = served.accept(request(), posted.append)
        assert deliver is not None
        await app.reached.wait()
        deliver(Cancel("1"))
        await app.over.wait()

    asyncio.run(main())
    assert posted == []


def test_request_that_is_read_after_its_expiry_is_not_taken() -> None:
    async def main() -> None:
        served = Server(Patient(), "app", "https://example.org/")
        late = Request("1", "worker", 1000, "POST", URL, b"", True)
        assert served.accept(late, lambda message: pytest.fail("it was answered")) is None

    asyncio.run(main())


def test_shutdown_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifespan, "SHUTDOWN", 0.01)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await asyncio.Event().wait()

    async def main() -> None:
        lived = lifespan.Lifespan(app)
        await lived.startup()
        with pytest.raises(LifespanFailed, match=r"did not shut down within 0\.01 seconds"):
            await lived.shutdown()

    asyncio.run(main())


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_endless_body_that_nobody_reads_leaves_the_loop_free(method: str, status: int) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "status": status})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def main() -> None:
        cycle = Cycle(request(method), lambda message: None)
        task = asyncio.create_task(cycle.run(app, http_scope(request(method), "", {})))
        await asyncio.sleep(0)
        cycle.feed(Cancel("1"))
        await asyncio.wait_for(task, 10)

    asyncio.run(main())


def test_head_of_a_stream_does_not_wait_for_its_body() -> None:
    posted: asyncio.Queue[FromKernel] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await asyncio.Event().wait()

    async def main() -> None:
        cycle = Cycle(request(), posted.put_nowait)
        task = asyncio.create_task(cycle.run(app, http_scope(request(), "", {})))
        assert await posted.get() == Response("1", 200, b"", b"", True)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(main())
