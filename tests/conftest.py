"""What several files need: one exchange from end to end, a host, and an IPython shell."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from anyio import from_thread
from anyio._backends import _asyncio as backend
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyterlite_asgi import patches
from jupyterlite_asgi.hosts.browser.http import BrowserHttpConnection
from jupyterlite_asgi.hosts.browser.protocol import (
    Abort,
    FromKernel,
    Request,
    RequestBody,
    Response,
    ResponseBody,
    ResponseCredit,
    join_headers,
    split_headers,
)
from jupyterlite_asgi.notebook import serve as notebook_serve
from jupyterlite_asgi.patches import import_hook, probes
from jupyterlite_asgi.serving.registry import Registry
from jupyterlite_asgi.types import ASGIApp, HeaderPairs

from .fakes import PATIENCE, FakeHost, run_app
from .unpatched import install

#: What ``patches`` changes.
_PATCHED: list[tuple[object, tuple[str, ...]]] = [
    (backend.AsyncIOBackend, ("run_sync_in_worker_thread",)),
    (from_thread, ("run", "run_sync", "start_blocking_portal")),
    (from_thread.BlockingPortal, ("_check_running",)),
    (threading.Condition, ("wait",)),
]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a cycle posted, as its reader sees it."""

    messages: list[FromKernel]

    @property
    def head(self) -> Response:
        (head,) = (message for message in self.messages if isinstance(message, Response))
        return head

    @property
    def status(self) -> int:
        return self.head.status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(split_headers(self.head.headers))

    @property
    def chunks(self) -> list[bytes]:
        return [m.chunk for m in self.messages if isinstance(m, Response | ResponseBody)]

    @property
    def text(self) -> str:
        return b"".join(self.chunks).decode()

    @property
    def abort(self) -> str | None:
        return next((m.reason for m in self.messages if isinstance(m, Abort)), None)


class Exchange(Protocol):
    """Runs an app for one request whose reader is always there."""

    def __call__(
        self,
        app: ASGIApp,
        path: str = "/",
        *,
        method: str = "GET",
        headers: HeaderPairs = ...,
        body: Sequence[bytes] = ...,
        host: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> Answer: ...


def _exchange(
    app: ASGIApp,
    path: str = "/",
    *,
    method: str = "GET",
    headers: HeaderPairs | None = None,
    body: Sequence[bytes] = (),
    host: Callable[[ASGIApp], ASGIApp] | None = None,
) -> Answer:
    url = f"https://example.org/demo/asgi/app{path}"
    block = join_headers(headers or [])
    request = Request("1", "worker", 0, method, url, block, bool(body))
    messages: list[FromKernel] = []

    async def main() -> None:
        def post(message: FromKernel) -> None:
            messages.append(message)
            if isinstance(message, Response | ResponseBody):
                connection.deliver(ResponseCredit("1", len(message.chunk)))

        connection = BrowserHttpConnection(request, post, "/demo/asgi/app")
        for index, part in enumerate(body, 1):
            connection.deliver(RequestBody("1", part, index < len(body)))
        await asyncio.wait_for(run_app(app, connection, host), PATIENCE)

    asyncio.run(main())
    return Answer(messages)


@pytest.fixture
def exchange() -> Exchange:
    return _exchange


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHost]:
    """A host, and a registry as a kernel that has just started has it."""
    fake = FakeHost()
    registry = Registry(lambda: fake, fake.listen, notebook_serve.report)
    monkeypatch.setattr(notebook_serve, "registry", registry)
    yield fake
    assert fake.endpoints.keys() == {server.name for server in registry.servers()}


@pytest.fixture
def unpatched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread can start, as in Pyodide; what is patched meanwhile is put back afterwards."""

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


@pytest.fixture(scope="module")
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Let scripts import the module's ``LIBRARY``, which is in an environment of its own."""
    name: str = request.module.LIBRARY
    folder = tmp_path_factory.mktemp(name)
    install(name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        yield


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """IPython as a kernel has it: one instance, known to ``get_ipython()``, without a history."""
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
