"""Shared fixtures: an exchange, a host, a kernel without threads, an IPython shell."""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from anyio import from_thread
from anyio._backends import _asyncio as backend
from hypothesis import settings
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyterlite_asgi import load_ipython_extension, patches
from jupyterlite_asgi.hosts.browser.jar import Jar
from jupyterlite_asgi.hosts.detect import find_host
from jupyterlite_asgi.notebook import serve as notebook_serve
from jupyterlite_asgi.patches import import_hook, probes
from jupyterlite_asgi.serving.registry import Registry
from jupyterlite_asgi.types import Receive, Scope, Send

from .support import asyncio_plugin
from .support.asyncio_plugin import TIME_LIMIT
from .support.cookies import ROOT, Clock
from .support.exchange import Exchange, run_exchange
from .support.fake_browser import FakeBrowser
from .support.fake_host import FakeHost
from .support.jspi import InCell, pretend, suspendable
from .unpatched import install

# The same examples in each run: a test fails because of a change, not by chance.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.load_profile("same")

#: The attributes that ``patches`` replaces.
_PATCHED: list[tuple[object, tuple[str, ...]]] = [
    (backend.AsyncIOBackend, ("run_sync_in_worker_thread",)),
    (from_thread, ("run", "run_sync", "start_blocking_portal")),
    (from_thread.BlockingPortal, ("_check_running",)),
    (threading, ("Lock", "RLock", "current_thread")),
    (threading.Condition, ("wait",)),
    (threading.Thread, ("is_alive", "join")),
    (threading.Timer, ("cancel",)),
    (queue, ("SimpleQueue",)),
]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(asyncio_plugin)


@pytest.fixture
def exchange() -> Exchange:
    return run_exchange


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHost]:
    """A host with an empty registry, as in a kernel that has just started."""
    fake = FakeHost()
    registry = Registry(lambda: fake, fake.listen)
    monkeypatch.setattr(notebook_serve, "registry", registry)
    yield fake
    assert fake.endpoints.keys() == {server.name for server in registry.servers()}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBrowser]:
    """A fake ``js`` module, for a fresh import of the browser's host."""
    fake = FakeBrowser()
    monkeypatch.setitem(sys.modules, "js", fake.js)
    monkeypatch.setitem(sys.modules, "pyodide", ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", fake.ffi)
    yield fake
    for module in ("webapi", "workers", "fence", "endpoint", "host", "support"):
        sys.modules.pop(f"jupyterlite_asgi.hosts.browser.{module}", None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jar(clock: Clock) -> Jar:
    return Jar(ROOT, clock)


@pytest.fixture
def unpatched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread can start, as in Pyodide; patches made by the test are undone afterwards."""

    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    for owner, names in _PATCHED:
        for name in names:
            monkeypatch.setattr(owner, name, vars(owner)[name])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(import_hook, "finder", import_hook.PatchFinder())
    monkeypatch.setattr(threading.Thread, "start", start)
    probes.threads_cannot_start.cache_clear()
    yield
    probes.threads_cannot_start.cache_clear()


@pytest.fixture
def patched(unpatched: None) -> None:
    """No thread can start, and ``patches.install()`` has been called."""
    patches.install()


@pytest.fixture
def in_cell(patched: None, monkeypatch: pytest.MonkeyPatch) -> InCell:
    """Call a plain function as a cell does in a browser with JSPI."""
    pretend(monkeypatch)

    def call(function: Callable[[], None]) -> None:
        asyncio.run(asyncio.wait_for(suspendable(function), TIME_LIMIT))

    return call


@pytest.fixture(scope="module")
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Install the test module's ``LIBRARY`` into a folder of its own, on the path of scripts."""
    name: str = request.module.LIBRARY
    folder = tmp_path_factory.mktemp(name)
    install(name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        yield


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """The one IPython shell, as in a kernel: ``get_ipython()`` returns it; without a history."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    for name in ("displayhook", "excepthook", "path"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    instance = InteractiveShell.instance(config=config)
    yield instance
    instance.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def magics(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """A shell with the magics and a variable ``app``, in a kernel that serves nothing yet."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    registry = Registry(find_host, lambda event: None)
    monkeypatch.setattr(notebook_serve, "registry", registry)
    load_ipython_extension(shell)
    shell.user_ns["app"] = app
    return shell
