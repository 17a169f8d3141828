"""Starlette's and FastAPI's ``TestClient``, which needs a thread elsewhere."""

from __future__ import annotations

import asyncio
import inspect
import queue
import threading
import warnings
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from anyio import from_thread, to_thread
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from jupyterlite_asgi.errors import ServeError

from .support.asyncio_plugin import TIME_LIMIT
from .support.jspi import pretend, suspendable

if TYPE_CHECKING:
    from starlette.testclient import TestClient
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it prefers httpx2
        from starlette.testclient import TestClient


def make_app() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        log.append("up")
        yield {"stock": "apples"}
        log.append("down")

    app = FastAPI(lifespan=lifespan)
    log: list[str] = []
    app.state.log = log

    @app.get("/")
    def home() -> str:
        return "hello"

    @app.get("/stock")
    async def stock(request: Request) -> str:
        return str(request.state.stock)

    @app.post("/login")
    async def login(who: dict[str, str], response: Response) -> str:
        response.set_cookie("who", who["name"])
        return "welcome"

    @app.get("/me")
    async def me(request: Request) -> dict[str, str]:
        return request.cookies

    @app.get("/failing")
    async def failing() -> None:
        raise KeyError("apples")

    @app.get("/endless")
    async def endless() -> Response:
        async def parts() -> AsyncIterator[str]:
            yield "first"
            try:
                await asyncio.Event().wait()
            finally:
                log.append("left")

        return StreamingResponse(parts())

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text("heard " + await socket.receive_text())
        except WebSocketDisconnect:
            log.append("hung up")

    return app


#: Calls a plain function as a cell does in a browser with JSPI.
InCell = Callable[[Callable[[], None]], None]


@pytest.fixture
def in_cell(patched: None, monkeypatch: pytest.MonkeyPatch) -> InCell:
    pretend(monkeypatch)

    def call(function: Callable[[], None]) -> None:
        asyncio.run(asyncio.wait_for(suspendable(function), TIME_LIMIT))

    return call


@pytest.mark.usefixtures("unpatched")
def test_it_fails_without_the_patch() -> None:
    with pytest.raises(RuntimeError, match="can't start new thread"):
        TestClient(make_app()).get("/")


def test_json_cookies_and_status(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        client = TestClient(make_app())
        assert client.get("/").json() == "hello"
        assert client.post("/login", json={"name": "ada"}).json() == "welcome"
        assert client.get("/me").json() == {"who": "ada"}
        assert client.get("/none").status_code == 404


def test_exception_of_the_app_is_raised(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        with pytest.raises(KeyError, match="apples"):
            TestClient(make_app()).get("/failing")
        answer = TestClient(make_app(), raise_server_exceptions=False).get("/failing")
        assert answer.status_code == 500


def test_lifespan(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        app = make_app()
        with TestClient(app) as client:
            assert app.state.log == ["up"]
            assert client.get("/stock").json() == "apples"
        assert app.state.log == ["up", "down"]


def test_failing_lifespan(in_cell: InCell) -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if app.title:
            raise ValueError("no stock")
        yield

    @in_cell
    def cell() -> None:
        with pytest.raises(ValueError, match="no stock"), TestClient(FastAPI(lifespan=lifespan)):
            raise AssertionError("the app has started")


def test_leaving_a_stream_disconnects(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        app = make_app()
        with TestClient(app).stream("GET", "/endless") as answer:
            assert next(answer.iter_text()) == "first"
        assert app.state.log == ["left"]


def test_websocket(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        app = make_app()
        with TestClient(app).websocket_connect("/echo") as socket:
            for word in ("one", "two"):
                socket.send_text(word)
                assert socket.receive_text() == f"heard {word}"
        assert app.state.log == ["hung up"]


def test_error_in_the_test_shuts_the_app_down(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        app = make_app()
        with pytest.raises(ZeroDivisionError), TestClient(app) as client:
            client.get(f"/{1 // 0}")
        assert app.state.log == ["up", "down"]


def test_event_loop_keeps_running(in_cell: InCell) -> None:
    app = FastAPI()
    reached, answered = asyncio.Event(), asyncio.Event()

    @app.get("/")
    async def home() -> None:
        reached.set()
        await answered.wait()

    async def other() -> None:
        await reached.wait()
        answered.set()

    @in_cell
    def cell() -> None:
        task = asyncio.ensure_future(other())
        TestClient(app).get("/")
        assert task.done()


async def test_error_without_jspi_suggests_the_alternative(patched: None) -> None:
    with pytest.raises(ServeError) as caught:
        TestClient(make_app()).get("/")
    assert str(caught.value) == (
        "This browser cannot wait inside a plain function, as TestClient must: "
        'serve the app, and write `await server.client.get("/")` at the top level of a cell.'
    )


def test_def_endpoint_can_call_the_loop(in_cell: InCell) -> None:
    async def add(one: int, two: int) -> int:
        return one + two

    def call() -> int:
        return from_thread.run(add, 1, 2) + from_thread.run_sync(len, "four")

    @in_cell
    def cell() -> None:
        assert call() == 7


async def test_error_for_from_thread_without_jspi_says_what_to_do(patched: None) -> None:
    async def add() -> None:
        raise AssertionError("the coroutine has run")

    with pytest.raises(ServeError) as caught:
        await to_thread.run_sync(from_thread.run, add)
    assert str(caught.value) == (
        "This browser cannot wait inside a plain function: make it `async def`, "
        "and await what it calls."
    )


def test_stopped_portal_refuses_calls(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        with from_thread.start_blocking_portal() as portal:
            assert portal.call(len, "four") == 4
        with pytest.raises(RuntimeError, match="This portal is not running"):
            portal.call(len, "four")


def test_portal_waits_for_its_tasks(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        done = asyncio.Event()
        with from_thread.start_blocking_portal() as portal:
            future = portal.start_task_soon(done.wait)
            asyncio.get_running_loop().call_later(0.01, done.set)
        assert future.done()


def test_error_cancels_the_tasks_of_a_portal(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        portals = from_thread.start_blocking_portal()
        portals.__enter__().start_task_soon(asyncio.Event().wait)
        error = ZeroDivisionError()
        assert not portals.__exit__(type(error), error, None)


def test_future_queue_and_event_let_the_loop_run(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        loop = asyncio.get_running_loop()
        future: Future[str] = Future()
        loop.call_soon(future.set_result, "future")
        assert future.result() == "future"
        items: queue.Queue[str] = queue.Queue()
        with pytest.raises(queue.Empty):
            items.get(timeout=0.01)
        loop.call_soon(items.put, "item")
        assert items.get() == "item"
        event = threading.Event()
        assert not event.wait(0.01)
        loop.call_soon(event.set)
        assert event.wait(10)
        with pytest.raises(RuntimeError, match="cannot wait on un-acquired lock"):
            threading.Condition().wait()


def test_endless_wait_without_jspi_is_refused(patched: None) -> None:
    assert not threading.Event().wait(0.01)
    with pytest.raises(RuntimeError) as caught:
        Future[None]().result()
    assert str(caught.value) == (
        "Nothing can end this wait, because no thread can start here and this browser cannot wait "
        "inside a plain function: await it at the top level of a cell."
    )


def test_private_interfaces_that_the_patches_use(patched: None) -> None:
    """If this fails, a new version of anyio or Python has changed something private."""
    signatures = {name: inspect.signature(getattr(from_thread, name)) for name in PARAMETERS}
    assert {name: list(found.parameters) for name, found in signatures.items()} == PARAMETERS
    assert "_event_loop_thread_id" in inspect.getsource(from_thread.BlockingPortal)
    condition = threading.Condition()
    with condition:
        waiter = _Waiter()
        condition._waiters.append(waiter)  # type: ignore[attr-defined]
        condition.notify()
        assert waiter.released
        assert waiter not in condition._waiters  # type: ignore[attr-defined]
        condition._acquire_restore(condition._release_save())  # type: ignore[attr-defined]
        assert condition._is_owned()  # type: ignore[attr-defined]


#: The parameters of the patched functions, taken before they are patched.
PARAMETERS = {
    name: list(inspect.signature(getattr(from_thread, name)).parameters)
    for name in ("run", "run_sync", "start_blocking_portal")
}


class _Waiter:
    released = False

    def release(self) -> None:
        self.released = True
