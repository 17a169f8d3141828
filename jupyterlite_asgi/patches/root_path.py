"""Where a path goes on below the place where the app is mounted (ASGI, HTTP scope: root_path).

Apps that take themselves to be at the root compare the whole of it. They are given what they would
be by a server that has them at its root: another app that mounts them stays in their path.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from ..types import Scope


def root_of(scope: Scope) -> str:
    """The path at which the outermost app is; Starlette's routers write that down."""
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root


def path_below(path: str, root: str) -> str:
    """What of a path lies below ``root``; it begins with a slash."""
    return "/" + path.removeprefix(root).removeprefix("/")


def raw_path_below(path: bytes, root: str) -> bytes:
    """The same of a path as it was sent, percent-encoded."""
    parts = path.split(b"/", root.count("/") + 1)
    above = unquote_to_bytes(b"/".join(parts[:-1]))
    return b"/" + parts[-1] if above == root.encode() else path
