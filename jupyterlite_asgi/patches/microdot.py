"""Microdot, which routes by the whole path."""

from __future__ import annotations

from typing import Any

from .around import around
from .root_path import path_below, root_of


@around("Microdot.asgi_app")
async def patch_asgi(call: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
    """Route by the path below the one where the app is mounted. Seen in Microdot 2.7."""
    if "path" in scope:  # a lifespan has none
        scope = {**scope, "path": path_below(scope["path"], root_of(scope))}
    await call(self, scope, receive, send)


@around("Microdot.wsgi_app")
def patch_wsgi(call: Any, self: Any, environ: Any, start_response: Any) -> Any:
    """Do the same for its WSGI apps, which join ``SCRIPT_NAME`` and ``PATH_INFO``."""
    if "asgi.scope" in environ:
        root = root_of(environ["asgi.scope"]).encode().decode("latin-1")
        environ = {**environ, "SCRIPT_NAME": environ["SCRIPT_NAME"].removeprefix(root)}
    return call(self, environ, start_response)
