"""Mends for what libraries take for granted and a kernel has not. Nothing else patches anything.

Pyodide has no threads, yet every ``def`` endpoint of Starlette and FastAPI, every file and every
large upload asks for one, and so does each test client. What would run in a thread runs on the
loop instead. The rest is what single libraries want besides.

Each module here mends one of another library, and is imported when that library is. A mend is one
function; it says why it is, and in which version it was seen to be needed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from ..site import site_url


class _Mend(NamedTuple):
    """What is mended, by which function of which module here."""

    library: str
    ours: str
    function: str = "mend"

    def apply(self, module: ModuleType) -> None:
        getattr(importlib.import_module(f".{self.ours}", __name__), self.function)(module)


@functools.cache
def _threads_cannot_start() -> bool:
    """Whether it is so here: not which platform this is, for Pyodide may come to have threads."""
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return True
    thread.join()
    return False


def _ports_are_refused() -> bool:
    """Whether nothing can listen here, as in every browser; so nothing can connect either."""
    with socket.socket() as listener:
        try:
            listener.listen()
        except OSError:
            return True
    return False


def _openssl_is_missing() -> bool:
    """Whether the hashes are missing that Python has from OpenSSL alone."""
    return not hasattr(hashlib, "pbkdf2_hmac")


def _files_are_on_a_drive() -> bool:
    """Whether the files beside the notebook may be on JupyterLite's drive."""
    return sys.platform == "emscripten"


def _apps_are_mounted() -> bool:
    """Whether this kernel serves apps below a path."""
    return site_url() is not None


#: The mends that are wanted where something is so, the lowest layer first.
_MENDS: dict[Callable[[], bool], tuple[_Mend, ...]] = {
    _threads_cannot_start: (
        _Mend("concurrent.futures.thread", "executors"),
        _Mend("logging.handlers", "logs"),
        _Mend("anyio._backends._asyncio", "workers"),
        _Mend("anyio.from_thread", "portals"),
        _Mend("asgiref.sync", "asgirefs"),
        _Mend("django", "djangos", "mend_orm"),
        _Mend("datasette.app", "datasettes", "mend_databases"),
    ),
    _ports_are_refused: (
        _Mend("threading", "refusals", "mend_threads"),
        _Mend("socket", "refusals", "mend_sockets"),
        _Mend("subprocess", "refusals", "mend_programs"),
        _Mend("multiprocessing", "processes"),
        _Mend("pyodide.webloop", "refusals", "mend_loop"),
        _Mend("piplite.piplite", "installers", "mend_piplite"),
        _Mend("micropip.transaction", "installers", "mend_micropip"),
        _Mend("urllib3.contrib.emscripten.connection", "urllib3s"),
        _Mend("httpx._transports.default", "httpxs"),
        _Mend("sanic.__version__", "sanics", "mend_parser"),
        _Mend("bottle", "runners"),
        _Mend("dash.dash", "runners"),
        _Mend("django.core.management.commands.runserver", "runners"),
        _Mend("flask.app", "runners"),
        _Mend("hypercorn.run", "runners"),
        _Mend("nicegui.ui_run", "runners"),
        _Mend("quart.app", "runners"),
        _Mend("sanic.mixins.startup", "runners"),
        _Mend("uvicorn.main", "runners"),
        _Mend("uvicorn.server", "runners"),
        _Mend("werkzeug.serving", "runners"),
    ),
    _openssl_is_missing: (
        _Mend("hashlib", "passwords"),
        _Mend("werkzeug.security", "passwords", "mend_werkzeug"),
    ),
    _files_are_on_a_drive: (_Mend("sqlite3", "drives"),),
    _apps_are_mounted: (
        _Mend("dash._callback_context", "dashes", "mend_context"),
        _Mend("dash.dash", "dashes", "mend_prefix"),
        _Mend("datasette.app", "datasettes", "mend_base_url"),
        _Mend("django.contrib.staticfiles.handlers", "djangos", "mend_static_files"),
        _Mend("django.core.handlers.base", "djangos", "mend_urls"),
        _Mend("django.db.migrations.loader", "djangos", "mend_migrations"),
        _Mend("engineio.async_drivers.asgi", "engineios", "mend_prefix"),
        _Mend("falcon.asgi.app", "falcons", "mend_prefix"),
        _Mend("sanic.app", "sanics", "mend_apps"),
        _Mend("sanic.asgi", "sanics", "mend_prefix"),
        _Mend("starlette.requests", "starlettes", "mend_forms"),
    ),
}


def mend() -> None:
    """Apply each mend that is wanted: now if its library is loaded, else as soon as it is imported.

    Does nothing on a second call.
    """
    for wanted, mends in _MENDS.items():
        if wanted():
            for each in mends:
                _finder.add(each)


class _MendingFinder(importlib.abc.MetaPathFinder):
    """Finds a library as the other finders do, and has it mended once it is executed."""

    def __init__(self) -> None:
        self._known: set[_Mend] = set()
        self._waiting: dict[str, list[_Mend]] = {}

    def add(self, mend: _Mend) -> None:
        """Apply ``mend`` when its library is there, unless it is known."""
        if mend in self._known:
            return
        self._known.add(mend)
        if mend.library in sys.modules:
            mend.apply(sys.modules[mend.library])
            return
        self._waiting.setdefault(mend.library, []).append(mend)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._waiting:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _MendingLoader(spec.loader, self._waiting.pop(fullname))
        return spec


class _MendingLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, mends: list[_Mend]) -> None:
        self._loader, self._mends = loader, mends

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        for mend in self._mends:
            mend.apply(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source() and such, for tracebacks


_finder = _MendingFinder()
