"""The scope of a connection, which an app gets with every request (ASGI HTTP spec 2.4)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from ..types import HeaderPairs, Scope

_DEFAULT_PORTS = {"http": 80, "https": 443}


def http_scope(method: str, url: str, headers: HeaderPairs, root_path: str) -> Scope:
    """Return a request's scope, like uvicorn's with ``--root-path``.

    Args:
        method: in any case.
        url: absolute and percent-encoded, without a fragment.
        headers: with lowercase names; ``host`` is taken from the URL.
        root_path: where the app is mounted, percent-encoded, without a trailing slash. The
            scope's ``path`` includes it, and both are decoded.
    """
    parts = urlsplit(url)
    raw_path = parts.path or "/"
    host = (b"host", parts.netloc.rpartition("@")[2].encode("ascii"))
    headers = [host, *(pair for pair in headers if pair[0] != b"host")]
    extensions: dict[str, dict[str, object]] = {"http.response.pathsend": {}}
    if any(name == b"te" and b"trailers" in value.lower() for name, value in headers):
        extensions["http.response.trailers"] = {}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method.upper(),
        "scheme": parts.scheme,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": unquote(root_path),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)),
        "state": {},
        "extensions": extensions,
    }
