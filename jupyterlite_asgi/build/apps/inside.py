"""Shows what an app needs, by one run of it in Pyodide while its site is built.

``src/prepare/`` imports this module in Node.js, beside the app.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from jupyterlite_asgi import published, suspension
from jupyterlite_asgi.errors import ResponseAborted
from jupyterlite_asgi.hosts.memory import MemoryConnection
from jupyterlite_asgi.hosts.scope import http_scope
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.tracebacks import headline, innermost, notes
from jupyterlite_asgi.types import ASGIApp, Receive, Scope, Send

#: Where apps are, and their packages below.
FOLDER, PACKAGES = "/app/", "/app/lib/"

#: Where the standard library is; ``os`` claims to be in a zip file, where a published app has none.
LIBRARY = str(Path(json.__file__).parents[1])

#: Seconds that the app has for each response.
PATIENCE = 20.0

#: What to do about a request that failed.
REMEDY = "open it and see whether it also fails in a browser."


class Recorder:
    """What the app does while it is imported."""

    def __init__(self) -> None:
        #: Lines of the app that drew random numbers.
        self.drew: list[str] = []
        self._timers: list[_Timer] = []
        self._is_importing = True
        os.urandom = self._noting(os.urandom, self.drew, _own_line)
        vars(random)["_urandom"] = os.urandom
        for name in ("random", "randint", "choice", "choices", "getrandbits", "randbytes"):
            setattr(random, name, self._noting(getattr(random, name), self.drew, _own_line))

    def watch_timers(self, loop: asyncio.AbstractEventLoop) -> None:
        """Note the timers of the app, which a snapshot cannot hold."""
        kind: Any = type(loop)
        call_later = kind.call_later

        def note(
            loop: Any, delay: float, callback: Callable[..., Any], *args: Any, **kwargs: Any
        ) -> Any:
            place = _line_of_app(sys._getframe(1)) if self._is_importing and delay > 0 else ""
            if not place or _is_ours(sys._getframe(1)):
                return call_later(loop, delay, callback, *args, **kwargs)
            timer = _Timer(place, callback)
            timer.handle = call_later(loop, delay, timer, *args, **kwargs)
            self._timers.append(timer)
            return timer.handle

        kind.call_later = note

    @property
    def started(self) -> list[str]:
        """Lines of the app whose timers are not due yet."""
        return sorted({timer.place for timer in self._timers if timer.is_running()})

    def stop(self) -> None:
        """Note nothing any more: the app is imported."""
        self._is_importing = False

    def _noting(
        self,
        function: Callable[..., Any],
        lines: list[str],
        line_of: Callable[[FrameType | None], str],
    ) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            place = line_of(sys._getframe(1)) if self._is_importing else ""
            if place and place not in lines:
                lines.append(place)
            return function(*args, **kwargs)

        return call


class _Timer:
    """A callback of the loop, and the line of the app that has set it."""

    handle: asyncio.Handle

    def __init__(self, place: str, callback: Callable[..., Any]) -> None:
        self.place, self._callback = place, callback
        self._is_done = False

    def __call__(self, *args: Any) -> Any:
        self._is_done = True
        return self._callback(*args)

    def is_running(self) -> bool:
        """Return whether it is still to be called."""
        return not (self._is_done or self.handle.cancelled())


class _Endpoint:
    def __init__(self, url: str) -> None:
        self.url = url

    async def close(self) -> None:
        """No name has to be freed."""


class _Host:
    """A host without clients, whose apps are called by hand."""

    app: ASGIApp

    async def check(self) -> None:
        """Apps are always reachable."""

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> _Endpoint:
        """See ``Host.mount``."""
        self.app = app
        return _Endpoint(f"https://example.org/asgi/{name}/")


async def load(config: str) -> str:
    """Import the app; see ``published.load()``."""
    recorder.watch_timers(asyncio.get_running_loop())
    fault = await published.load(config)
    recorder.stop()
    return fault


async def run(name: str, paths: str) -> str:
    """Serve the app that was loaded, and send it requests.

    Args:
        name: the app's.
        paths: a JSON array of paths to get.

    Returns:
        A JSON object with the ``fault`` because of which the app did not start, or empty; the
        ``statuses`` of the responses, 0 where there was none; ``failures``, which say of paths
        that have no response, or one with a status from 500 on, how they failed; and ``preload``,
        the names of the modules that were only imported now.
    """
    host, errors = _Host(), _note_errors()
    before = set(sys.modules)
    fault = await published.serve("https://example.org/", lambda: None, lambda: host)
    statuses, failures = {}, {}
    if not fault:
        log = _Log(errors)
        logging.getLogger().addHandler(log)
        for path in json.loads(paths):
            errors.clear()
            statuses[path], why = await _get(host.app, name, path)
            if why:
                failures[path] = _as_raised(errors[-1]) if errors else why
        logging.getLogger().removeHandler(log)
    preload = sorted(
        module for module in set(sys.modules) - before if _file_of(module).startswith(PACKAGES)
    )
    found = {"fault": fault, "statuses": statuses, "failures": failures, "preload": preload}
    return json.dumps(found)


def seen() -> str:
    """Return a JSON object with what the app has used so far.

    ``modules`` are paths of files; ``drew`` and ``started`` are lines of the app, see
    ``Recorder``.
    """
    modules = {_file_of(name) for name in list(sys.modules)} - {""}
    found = {
        "modules": sorted(modules),
        "drew": recorder.drew,
        "started": recorder.started,
    }
    return json.dumps(found)


class _Log(logging.Handler):
    """Notes the exceptions that frameworks log, as they respond to them themselves."""

    def __init__(self, errors: list[BaseException]) -> None:
        super().__init__()
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        """Note the exception of a record, if it has one."""
        if record.exc_info and record.exc_info[1]:
            self._errors.append(record.exc_info[1])


def _note_errors() -> list[BaseException]:
    """Have the app that was loaded note what it raises, in the list that is returned."""
    ((name, app, options),) = published._loaded
    errors: list[BaseException] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            errors.append(error)
            raise

    published._loaded[:] = [(name, noting, options)]
    return errors


def _as_raised(error: BaseException) -> str:
    published.hint(error)
    how = f"as {innermost(error) or 'it'} raised {headline(error).rstrip('.')}"
    return " ".join([f"{how}.", *notes(error)]) if notes(error) else f"{how}: {REMEDY}"


async def _get(app: ASGIApp, name: str, path: str) -> tuple[int, str]:
    """Request a path and read the whole response.

    Returns:
        The status, 0 if there is no response, and how the request failed, empty if it did not.
    """
    root = f"/asgi/{name}"
    headers = [(b"accept", b"text/html,*/*"), (b"user-agent", b"Mozilla/5.0")]
    scope = http_scope("GET", f"https://example.org{root}{path}", headers, root)
    connection = MemoryConnection(scope)
    connection.start(app)
    try:
        head = await asyncio.wait_for(connection.head(), PATIENCE)
        await asyncio.wait_for(_read(connection), PATIENCE)
    except ResponseAborted:
        return 0, f"with a response that broke off: {REMEDY}"
    except TimeoutError:
        return 0, f"with no response within {PATIENCE:g} seconds: {REMEDY}"
    finally:
        connection.close()
    how = f"with status {head.status}: {REMEDY}" if head.status >= 500 else ""
    return head.status, how


async def _read(connection: MemoryConnection) -> None:
    more = True
    while more:
        chunk, more = await connection.read()
        connection.grant(len(chunk))


def _file_of(name: str) -> str:
    module = sys.modules.get(name)
    path = getattr(module, "__file__", None)
    return path if isinstance(path, str) else ""


def _line_of_app(frame: FrameType | None) -> str:
    """Return the place of the innermost frame in the app's own files, if any."""
    while frame is not None:
        path = frame.f_code.co_filename
        if _is_own(path):
            return f"{path.removeprefix(FOLDER)}, line {frame.f_lineno}"
        frame = frame.f_back
    return ""


def _own_line(frame: FrameType | None) -> str:
    """Return the same, but only if no package called the standard library from there."""
    while frame is not None and frame.f_code.co_filename.startswith(("<frozen ", LIBRARY)):
        frame = frame.f_back
    return _line_of_app(frame) if frame and _is_own(frame.f_code.co_filename) else ""


def _is_ours(frame: FrameType) -> bool:
    """Return whether a timer is set by what watches suspended code, which outlives it shortly."""
    return frame.f_globals.get("__name__") == suspension.__name__


def _is_own(path: str) -> bool:
    return path.startswith(FOLDER) and not path.startswith(PACKAGES)


#: Records from the import of this module on.
recorder = Recorder()
