"""Paths below the one where the app is mounted (``root_path`` in ASGI's HTTP scope).

For libraries that assume an app at the root and compare whole paths. They receive the path that a
server would send to an app at its root, including the prefix of any other app that mounts them.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from ..types import Scope


def root_of(scope: Scope) -> str:
    """Return the path of the outermost app, which Starlette's routers record."""
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root


def path_below(path: str, root: str) -> str:
    """Return the part of a path below ``root``, with a leading slash."""
    return "/" + path.removeprefix(root).removeprefix("/")


def raw_path_below(path: bytes, root: str) -> bytes:
    """Return the same for a percent-encoded path."""
    parts = path.split(b"/", root.count("/") + 1)
    if unquote_to_bytes(path) == root.encode():
        return b"/"
    above = unquote_to_bytes(b"/".join(parts[:-1]))
    return b"/" + parts[-1] if above == root.encode() else path
