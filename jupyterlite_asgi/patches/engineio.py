"""Engine.IO, the base of python-socketio, which assumes that it is at the root."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from .around import around
from .root_path import path_below, root_of


@around("ASGIApp.__call__")
async def patch_prefix(call: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
    """Find its path below the one where the app is mounted. Seen in python-engineio 4.15.

    Other requests go to the wrapped app, with the scope unchanged.
    """
    if "path" in scope and self.engineio_path is not None:
        path = path_below(scope["path"], root_of(scope))
        if f"{path}/".startswith(self.engineio_path) or _has_file(self, path):
            scope = {**scope, "path": path}
    await call(self, scope, receive, send)


def _has_file(app: Any, path: str) -> bool:
    find = importlib.import_module("engineio.static_files").get_static_file
    file = find(path, app.static_files)
    return file is not None and Path(file["filename"]).is_file()
