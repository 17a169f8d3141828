"""What a build's run of an app in Pyodide notes, on CPython."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyterlite_asgi import published
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving import places


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose class may be patched."""


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The module, which records from its import on, with apps in `tmp_path`."""
    monkeypatch.setattr(os, "urandom", os.urandom)
    monkeypatch.setitem(vars(random), "_urandom", os.urandom)
    for name in ("random", "randint", "choice", "choices", "getrandbits", "randbytes"):
        monkeypatch.setattr(random, name, getattr(random, name))
    name = "jupyterlite_asgi.build.apps.inside"
    monkeypatch.delitem(sys.modules, name, raising=False)
    from jupyterlite_asgi.build.apps import inside

    monkeypatch.setattr(inside, "FOLDER", f"{tmp_path}/")
    monkeypatch.setattr(inside, "PACKAGES", f"{tmp_path}/lib/")
    yield inside
    sys.modules.pop(name, None)
    vars(sys.modules["jupyterlite_asgi.build.apps"]).pop("inside", None)


def _run(path: Path, source: str) -> dict[str, object]:
    names: dict[str, object] = {"__name__": path.stem}
    exec(compile(source, str(path), "exec"), names)
    return names


def test_random_numbers_of_the_app(inside: ModuleType, tmp_path: Path) -> None:
    app = "import os, random, secrets\n\nKEY = secrets.token_hex()\nrandom.random()\n"
    _run(tmp_path / "shop.py", app)
    assert inside.recorder.drew == ["shop.py, line 3", "shop.py, line 4"]


def test_random_numbers_of_packages(inside: ModuleType, tmp_path: Path) -> None:
    package = _run(tmp_path / "lib" / "kit.py", "import os\ndef make(): return os.urandom(4)\n")
    (tmp_path / "shop.py").touch()
    exec(compile("make()", str(tmp_path / "shop.py"), "exec"), package)
    assert inside.recorder.drew == []


def test_random_numbers_of_requests(inside: ModuleType, tmp_path: Path) -> None:
    inside.recorder.stop()
    _run(tmp_path / "shop.py", "import os\nos.urandom(4)\n")
    assert inside.recorder.drew == []


def test_timers(inside: ModuleType, tmp_path: Path) -> None:
    source = (
        "import asyncio\n"
        "def start(loop):\n"
        "    loop.call_later(0, print)\n"
        "    cancelled = loop.call_later(9, print)\n"
        "    loop.call_later(9, print)\n"
        "    cancelled.cancel()\n"
    )
    loop = _Loop()
    try:
        inside.recorder.watch_timers(loop)
        app = _run(tmp_path / "shop.py", source)
        app["start"](loop)  # type: ignore[operator]
        assert inside.recorder.started == ["shop.py, line 5"]
    finally:
        loop.close()
        del _Loop.call_later


def test_timers_that_watch_suspended_code(inside: ModuleType, tmp_path: Path) -> None:
    watch = {"__name__": "jupyterlite_asgi.suspension"}
    exec("def watch(loop): loop.call_later(9, print)", watch)
    loop = _Loop()
    try:
        inside.recorder.watch_timers(loop)
        app = _run(tmp_path / "shop.py", "def start(loop, watch):\n    watch(loop)\n")
        app["start"](loop, watch["watch"])  # type: ignore[operator]
        assert inside.recorder.started == []
    finally:
        loop.close()
        del _Loop.call_later


APP = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    path = scope["path"].removeprefix(scope["root_path"])
    if path == "/":
        raise ValueError("closed\\nfor good")
    status = int(path[1:])
    await send({"type": "http.response.start", "status": status})
    if status == 201:
        await send({"type": "http.response.body", "more_body": True})
        await receive()
        await receive()
    await send({"type": "http.response.body"})
"""


async def test_failures_of_requests(
    inside: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside, "PATIENCE", 0.01)
    monkeypatch.setattr(places, "_folders", [f"{tmp_path}/"])
    app: Any = _run(tmp_path / "shop.py", APP)["app"]
    monkeypatch.setattr(published, "_loaded", [("shop", app, Options(open="none"))])
    paths = ["/", "/200", "/404", "/503", "/201"]
    found = json.loads(await inside.run("shop", json.dumps(paths)))
    assert found["fault"] == ""
    assert found["statuses"] == {"/": 500, "/200": 200, "/404": 404, "/503": 503, "/201": 0}
    assert found["failures"] == {
        "/": f"as shop.py, line 6 raised ValueError: closed: {inside.REMEDY}",
        "/503": f"with status 503: {inside.REMEDY}",
        "/201": f"with no response within 0.01 seconds: {inside.REMEDY}",
    }


async def test_start_page_that_reads_a_file(
    inside: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "_folders", [f"{tmp_path}/"])
    source = "async def app(scope, receive, send):\n    open('data.csv')\n"
    app: Any = _run(tmp_path / "shop.py", source)["app"]
    monkeypatch.setattr(published, "_loaded", [("shop", app, Options(open="none"))])
    found = json.loads(await inside.run("shop", '["/"]'))
    assert found["failures"]["/"].startswith("as shop.py, line 2 raised FileNotFoundError: ")
    assert found["failures"]["/"].endswith(
        "'data.csv'. The app did not find 'data.csv': if it is a file of yours, add it to `files` "
        "or --files, and publish again."
    )


async def test_start_page_whose_framework_logs_what_it_raises(
    inside: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "_folders", [f"{tmp_path}/"])
    source = """import logging
async def app(scope, receive, send):
    try:
        open("data.csv")
    except OSError:
        logging.getLogger("framework").exception("Exception on /")
    await send({"type": "http.response.start", "status": 500})
    await send({"type": "http.response.body"})
"""
    app: Any = _run(tmp_path / "shop.py", source)["app"]
    monkeypatch.setattr(published, "_loaded", [("shop", app, Options(open="none"))])
    handlers = [*logging.getLogger().handlers]
    found = json.loads(await inside.run("shop", '["/"]'))
    assert found["failures"]["/"].startswith("as shop.py, line 4 raised FileNotFoundError: ")
    assert "The app did not find 'data.csv'" in found["failures"]["/"]
    assert logging.getLogger().handlers == handlers
