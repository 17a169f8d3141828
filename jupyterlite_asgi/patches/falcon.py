"""Falcon, which assumes that an app is at the root."""

from __future__ import annotations

from typing import Any

from .around import around
from .root_path import path_below, root_of


@around("App.__call__")
async def patch_prefix(call: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
    """Route by the path below the one where the app is mounted. Seen in Falcon 4.4.

    It uses ``root_path`` only to build URLs, as if the path did not include it.
    """
    if "path" in scope:  # a lifespan has none
        scope = {**scope, "path": path_below(scope["path"], root_of(scope))}
    await call(self, scope, receive, send)
