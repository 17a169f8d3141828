"""What a request prints goes to the app's log, and what a cell prints appears below the cell."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
from collections.abc import Iterator

import pytest

from jupyterlite_asgi.hosts.memory import MemoryConnection
from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.middleware.capture import LENGTH, SIZE, AppLog
from jupyterlite_asgi.serving.runner import Runner
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

URL = "https://example.org/asgi/app/"


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore the standard streams after the test."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    return iter([None])


async def answer(app: ASGIApp, name: str = "app") -> Runner:
    runner = Runner(app, name, Options(), lambda request: None)
    await runner.start_up()
    connection = MemoryConnection(http_scope("GET", URL, [], ""))
    connection.start(runner.app)
    await connection.head()
    await runner.drain("stopped")
    await runner.shut_down()
    return runner


async def respond(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"hello"})


async def test_prints_of_a_request_go_to_the_log_and_those_of_a_cell_do_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        print("from the app")
        await asyncio.gather(asyncio.create_task(deeper()))
        await respond(send)

    async def deeper() -> None:
        print("from its task", file=sys.stderr)

    server = await answer(app)
    print("from the cell")
    assert list(server.log) == ["from the app", "from its task"]
    assert capsys.readouterr() == ("from the cell\n", "")


async def test_prints_are_logged_while_a_cell_redirects_its_output_to_nowhere() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        print("from the app", flush=True)
        await respond(send)

    with contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
        server = await answer(app)
        print("from the cell")
    assert list(server.log) == ["from the app"]


async def test_each_app_has_a_log_of_its_own() -> None:
    def says(text: str) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            assert scope["type"] == "http"
            print(text)
            await respond(send)

        return app

    runners = await asyncio.gather(answer(says("one"), "a"), answer(says("two"), "b"))
    assert [repr(runner.log) for runner in runners] == ["one", "two"]


async def test_unhandled_log_records_go_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("a shop")
    monkeypatch.setattr(logger, "propagate", False)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        logger.warning("the stock is low")
        await respond(send)

    assert list((await answer(app)).log) == ["the stock is low"]


@pytest.mark.parametrize("answered", [False, True])
async def test_tracebacks_go_to_the_log(answered: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if answered:
            await respond(send)
        raise ValueError("no stock")

    log = list((await answer(app)).log)
    assert log[0] == "Traceback (most recent call last):"
    assert log[-1] == "ValueError: no stock"


def test_log_is_bounded() -> None:
    log = AppLog(2)
    log.write("one\ntwo\nthr")
    log.write("ee\nfour")
    assert list(log) == ["two", "three", "four"]
    log.clear()
    assert repr(log) == ""


def test_long_lines_are_bounded_together() -> None:
    log = AppLog()
    log.write("first\n" + f"{'x' * LENGTH}\n" * (SIZE // LENGTH - 1))
    assert next(iter(log)) == "first"
    log.write("y" * (LENGTH - len("first")) + "\n")
    assert next(iter(log)) == "first"
    log.write("z\n")
    assert next(iter(log)) == "x" * LENGTH
    assert len("".join(log)) <= SIZE
    log.clear()
    log.write("again\n")
    assert list(log) == ["again"]


def test_line_without_an_end_is_bounded() -> None:
    log = AppLog()
    for _ in range(3):
        log.write("x" * LENGTH)
    assert list(log) == ["x" * LENGTH]


class CellStream(io.StringIO):
    """A stream whose ``write`` can be replaced, as in the Pyodide kernel."""


async def test_handler_created_before_the_first_request_writes_to_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = CellStream()
    monkeypatch.setattr(sys, "stderr", cell)
    logger = logging.getLogger("an early shop")
    logger.addHandler(logging.StreamHandler())
    monkeypatch.setattr(logger, "propagate", False)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        logger.warning("the stock is low")
        await respond(send)

    server = await answer(app)
    logger.warning("said by a cell")
    assert list(server.log) == ["the stock is low"]
    assert cell.getvalue() == "said by a cell\n"
