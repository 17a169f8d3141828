"""Patches for libraries that rely on features which Python in a browser lacks.

Each file is named after a library: ``django.py`` patches Django. A patch is one function, which
receives the library's module, or, if it is ``around`` one of its functions, the calls of that. Its
docstring says why it is needed, and in which version that was seen. The table below says where
each is needed; it is applied when its library is imported.

Most are about threads. Pyodide has none, but every ``def`` endpoint of Starlette and FastAPI, every
file, large upload and test client needs one. Their work runs on the event loop instead.
"""

# Import no patched library here: once `patches.threading` is imported, `threading` means that.

from __future__ import annotations

from collections.abc import Callable

from . import import_hook, probes
from .import_hook import Patch

#: The patches by the probe that says whether they are needed, lowest layer first.
PATCHES: dict[Callable[[], bool], tuple[Patch, ...]] = {
    probes.threads_cannot_start: (
        Patch("threading", "threading.patch_threading"),
        Patch("queue", "queue.patch_simple_queue"),
        Patch("concurrent.futures.thread", "concurrent_futures.patch_executor"),
        Patch("logging.handlers", "logging.patch_queue_listener"),
        Patch("anyio._backends._asyncio", "anyio.patch_worker_threads"),
        Patch("anyio.from_thread", "anyio.patch_from_thread"),
        Patch("aiosqlite.core", "aiosqlite.patch_connections"),
        Patch("asgiref.sync", "asgiref.patch_sync"),
        Patch("django", "django.patch_orm"),
        Patch("datasette.app", "datasette.patch_databases"),
    ),
    probes.ports_are_refused: (
        Patch("socket", "socket.patch_sockets"),
        Patch("subprocess", "subprocess.patch_popen"),
        Patch("multiprocessing", "multiprocessing.patch_processes"),
        Patch("pyodide.webloop", "pyodide.patch_loop"),
        Patch("pyodide.ffi", "pyodide.patch_run_sync"),
        Patch("pyodide.webloop", "pyodide.patch_run_sync"),
        Patch("piplite.piplite", "piplite.patch_query"),
        Patch("micropip.transaction", "micropip.patch_find_wheel"),
        Patch("urllib3.contrib.emscripten.connection", "urllib3.patch_request"),
        Patch("httpx._transports.default", "httpx.patch_transports"),
        Patch("sanic.__version__", "sanic.patch_parser"),
        Patch("bottle", "run_functions.patch_run"),
        Patch("dash.dash", "run_functions.patch_run"),
        Patch("django.core.management.commands.runserver", "run_functions.patch_run"),
        Patch("flask.app", "run_functions.patch_run"),
        Patch("hypercorn.run", "run_functions.patch_run"),
        Patch("microdot.asgi", "run_functions.patch_run"),
        Patch("microdot.wsgi", "run_functions.patch_run"),
        Patch("nicegui.ui_run", "run_functions.patch_run"),
        Patch("quart.app", "run_functions.patch_run"),
        Patch("sanic.mixins.startup", "run_functions.patch_run"),
        Patch("uvicorn.main", "run_functions.patch_run"),
        Patch("uvicorn.server", "run_functions.patch_run"),
        Patch("werkzeug.serving", "run_functions.patch_run"),
    ),
    probes.openssl_is_missing: (
        Patch("hashlib", "hashlib.patch_pbkdf2"),
        Patch("werkzeug.security", "werkzeug.patch_password_hash"),
    ),
    probes.files_are_on_a_drive: (Patch("sqlite3", "sqlite3.patch_drive"),),
    probes.apps_are_mounted: (
        Patch("dash._callback_context", "dash.patch_context"),
        Patch("dash.dash", "dash.patch_prefix"),
        Patch("datasette.app", "datasette.patch_base_url"),
        Patch("django.contrib.staticfiles.handlers", "django.patch_static_files"),
        Patch("django.core.handlers.base", "django.patch_urls"),
        Patch("django.db.migrations.loader", "django.patch_migrations"),
        Patch("engineio.async_drivers.asgi", "engineio.patch_prefix"),
        Patch("falcon.asgi.app", "falcon.patch_prefix"),
        Patch("microdot.asgi", "microdot.patch_asgi"),
        Patch("microdot.wsgi", "microdot.patch_wsgi"),
        Patch("sanic.app", "sanic.patch_apps"),
        Patch("sanic.asgi", "sanic.patch_prefix"),
        Patch("starlette.requests", "starlette.patch_forms"),
    ),
}


def install() -> None:
    """Apply each patch that is needed: now if its library is loaded, else when it is imported.

    A second call does nothing.
    """
    for needed, patches in PATCHES.items():
        if needed():
            for patch in patches:
                import_hook.finder.add(patch)
