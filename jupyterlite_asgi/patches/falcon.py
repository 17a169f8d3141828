"""Falcon, which assumes that an app is at the root."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

from .root_path import path_below, root_of


def patch_prefix(module: ModuleType) -> None:
    """Route by the path below the one where the app is mounted. Seen in Falcon 4.4.

    It uses ``root_path`` only to build URLs, as if the path did not include it.
    """
    call = module.App.__call__

    @functools.wraps(call)
    async def call_below(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if "path" in scope:  # a lifespan has none
            scope = {**scope, "path": path_below(scope["path"], root_of(scope))}
        await call(self, scope, receive, send)

    module.App.__call__ = call_below
