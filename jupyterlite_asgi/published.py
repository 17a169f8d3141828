"""Serves a published app, in a runtime of the browser that is no notebook's kernel.

``src/runtime/`` calls ``load()``, may then copy Python's memory, and calls ``serve()``, in the same
Python or, after ``renew()``, in one that was restored from the copy.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any

from . import patches, suspension
from .errors import ServeError
from .hosts.base import Host
from .hosts.browser.kernel_script import kernel_script, kernel_source
from .hosts.detect import find_host
from .serve_options import Options
from .serving.app_type import as_asgi
from .serving.events import AppEvent, Taken
from .serving.middleware.prefix import suggest_stripping, without_prefix
from .serving.places import is_own, set_folder
from .serving.registry import Registry
from .serving.tracebacks import causes, format_traceback, headline, innermost, notes
from .site import BASE_URL_VARIABLE
from .types import ASGIApp, Receive, Scope, Send

_App = tuple[str, ASGIApp, Options]

#: The app that was loaded, its name and its options.
_loaded: list[_App] = []

#: How the app that is served is used: its requests so far, and those that are not finished.
_use = {"received": 0, "running": 0}


async def load(config: str) -> str:
    """Import the app.

    Args:
        config: a JSON object with the app's ``name``; ``module``, the path of its file;
            ``expression``, which gives the app in it; ``options``, of ``serve()``; and ``preload``,
            names of modules that requests import.

    Returns:
        Why that failed: a JSON object with ``sentence`` and ``detail``, a traceback; empty if it
        did not.
    """
    declared = json.loads(config)
    path, expression = Path(declared["module"]), declared["expression"]
    os.chdir(path.parent)
    set_folder(str(path.parent))
    os.environ.setdefault(BASE_URL_VARIABLE, "https://example.org/")  # until it is known
    patches.install()
    if sys.platform == "emscripten":
        importlib.import_module(".hosts.browser.host", __package__)  # what serving needs
        kernel_source()  # read now, so that it is in the first bundle and in snapshots
    try:
        with _uncollected():
            module = await _import(path)
            app = await _evaluate(expression, module)
            options = Options(**{"open": "none", **declared.get("options", {})})
            asgi = as_asgi(app, expression, options.interface)
            asgi = without_prefix(asgi) if options.strip_prefix else suggest_stripping(asgi, _print)
            for name in declared.get("preload", []):
                _preload(name)
    except BaseException as error:
        return _fault(error)
    kernel_script.cache_clear()  # its object of JavaScript cannot be copied
    _loaded[:] = [(declared["name"], asgi, options)]
    return ""


async def serve(
    base_url: str, on_loss: Callable[[], object], find_host: Callable[[], Host] = find_host
) -> str:
    """Serve the app that was loaded.

    Args:
        base_url: the site's URL, with a trailing slash.
        on_loss: called when a notebook has taken the name over, or already has it.
        find_host: returns the host.

    Returns:
        Why that failed, like ``load()``.
    """
    ((name, app, options),) = _loaded
    os.environ[BASE_URL_VARIABLE] = base_url

    def listen(event: AppEvent) -> None:
        if isinstance(event, Taken):
            on_loss()

    try:
        server = await Registry(find_host, listen).serve(_counted(_hinting(app)), name, options)
        if server.name != name:
            on_loss()
            await server.stop()
    except BaseException as error:
        return _fault(error)
    return ""


def use() -> str:
    """Return a JSON object: how many requests were ``received``, and are ``running``."""
    return json.dumps(_use)


def renew(folder: str, language: str) -> None:
    """Renew what must not be the same for all who restore one copy of Python's memory.

    Args:
        folder: the app's, which is the working directory again.
        language: the value of the environment variable ``LANG``.
    """
    os.chdir(folder)
    os.environ["LANG"] = language
    _renew_time_zone()
    random.seed()
    suspension._watch = suspension._Watch()  # the timer of the old one was not copied
    _invalidate_finders()
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["_name_sequence"] = None
    if "uuid" in sys.modules:
        vars(sys.modules["uuid"])["_last_timestamp"] = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _invalidate_finders() -> None:
    """Have Python look into all folders again."""
    if "importlib.metadata" in sys.modules:
        importlib.invalidate_caches()
        return
    # That would import it, which few apps need at their start.
    for finder in sys.path_importer_cache.values():
        invalidate: Callable[[], object] = getattr(finder, "invalidate_caches", lambda: None)
        invalidate()


def _renew_time_zone() -> None:
    """Set what ``time.tzset()`` would, which Pyodide lacks, as CPython does at its start."""
    year = time.localtime().tm_year
    standard, summer = sorted(
        (time.localtime(time.mktime((year, month, 1, 0, 0, 0, 0, 0, -1))) for month in (1, 7)),
        key=lambda moment: moment.tm_gmtoff,
    )
    vars(time).update(
        timezone=-standard.tm_gmtoff,
        altzone=-summer.tm_gmtoff,
        daylight=int(standard.tm_gmtoff != summer.tm_gmtoff),
        tzname=(standard.tm_zone, summer.tm_zone),
    )


def _counted(app: ASGIApp) -> ASGIApp:
    """Count the requests to the app, with their background tasks."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        _use["received"] += 1
        _use["running"] += 1
        try:
            await app(scope, receive, send)
        finally:
            _use["running"] -= 1

    return counted


def _hinting(app: ASGIApp) -> ASGIApp:
    """Add a hint to what the app raises; see ``hint()``."""

    async def hinted(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            hint(error)
            raise

    return hinted


def hint(error: BaseException) -> None:
    """Add a note (PEP 678) to an error that arose because a file is not published with the app."""
    for each in causes(error):
        if isinstance(each, FileNotFoundError) and _is_unpublished(each):
            text = _not_found(each)
            if text not in notes(each):
                # As `add_note()` does, which Python has from 3.11 on.
                vars(each)["__notes__"] = [*notes(each), text]


def _is_unpublished(error: FileNotFoundError) -> bool:
    """Return whether a file may be missing because it was not named when the app was published."""
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return False
    path = Path(os.fsdecode(error.filename)).resolve()
    return is_own(str(path)) and not path.exists()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Have the garbage collector leave alone what is made here: modules, which stay."""
    thresholds = gc.get_threshold()
    gc.set_threshold(0)  # what the app says of the collector remains
    try:
        yield
    finally:
        gc.freeze()
        if gc.get_threshold()[0] == 0:
            gc.set_threshold(*thresholds)


async def _import(path: Path) -> ModuleType:
    """Import the app's module, which may have a top-level ``await`` if it was a notebook."""
    code = _compile_file(path)
    if not code.co_flags & inspect.CO_COROUTINE:
        return importlib.import_module(path.stem)
    module = sys.modules[path.stem] = ModuleType(path.stem)
    module.__file__ = str(path)
    await eval(code, vars(module))
    return module


async def _evaluate(expression: str, module: ModuleType) -> object:
    """Return the value of an expression, which may be an ``await``."""
    code = _compile(expression, "<app>", "eval")
    value = eval(code, vars(module))
    return await value if code.co_flags & inspect.CO_COROUTINE else value


def _compile_file(path: Path) -> CodeType:
    return _compile(path.read_bytes(), str(path), "exec")


def _compile(source: str | bytes, filename: str, mode: str) -> CodeType:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(source, filename, mode, flags, dont_inherit=True)
    return code


def _preload(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # the request that needs it will say so
        sys.modules.pop(name, None)


def _fault(error: BaseException) -> str:
    if isinstance(error, ServeError):
        return _as_json(str(error), "")
    place = innermost(error)
    if not place:  # all of it may be needed to understand the error
        error = error.with_traceback(_without_ours(error))
    return _as_json(_sentence(error, place), format_traceback(error, own=bool(place)))


def _sentence(error: BaseException, place: str) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"The app needs the module {error.name!r}, which is not published with it: add its "
            "package to `requirements` or --requirements, and publish again."
        )
    if isinstance(error, FileNotFoundError) and not isinstance(error.filename, int):
        return _not_found(error)
    where = place and f" ({place})"
    return f"The app did not start, because of an error in its code{where}: {headline(error)}"


def _not_found(error: FileNotFoundError) -> str:
    return (
        f"The app did not find {error.filename!r}: if it is a file of yours, add it to `files` or "
        "--files, and publish again."
    )


def _without_ours(error: BaseException) -> TracebackType | None:
    """Return the traceback from the first frame on that is neither ours nor the importer's."""
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_globals):
        trace = trace.tb_next
    return trace


def _is_ours(module: Mapping[str, Any]) -> bool:
    package = str(module.get("__name__")).partition(".")[0]
    return package in ("importlib", "_frozen_importlib", "_frozen_importlib_external", __package__)


def _as_json(sentence: str, detail: str) -> str:
    return json.dumps({"sentence": sentence, "detail": detail})


def _print(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
