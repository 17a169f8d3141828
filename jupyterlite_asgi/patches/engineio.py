"""Engine.IO, the base of python-socketio, which assumes that it is at the root."""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

from .root_path import path_below, root_of


def patch_prefix(module: ModuleType) -> None:
    """Find its path below the one where the app is mounted. Seen in python-engineio 4.15.

    Other requests go to the wrapped app, with the scope unchanged.
    """
    call = module.ASGIApp.__call__

    def has_file(app: Any, path: str) -> bool:
        file = module.get_static_file(path, app.static_files)
        return file is not None and Path(file["filename"]).is_file()

    @functools.wraps(call)
    async def call_below(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if "path" in scope and self.engineio_path is not None:
            path = path_below(scope["path"], root_of(scope))
            if f"{path}/".startswith(self.engineio_path) or has_file(self, path):
                scope = {**scope, "path": path}
        await call(self, scope, receive, send)

    module.ASGIApp.__call__ = call_below
