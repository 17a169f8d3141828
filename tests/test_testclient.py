"""Starlette's and FastAPI's ``TestClient``, which needs a thread elsewhere."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from jupyterlite_asgi.errors import ServeError

from .support.jspi import InCell

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
