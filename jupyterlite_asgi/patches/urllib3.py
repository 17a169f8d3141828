"""urllib3, which requests uses: it supports ``fetch``, but does not explain its failures."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any

from .around import around
from .unsupported import unread


@around("EmscriptenHTTPConnection.request")
def patch_request(ask: Any, connection: Any, /, *args: Any, **options: Any) -> None:
    """Explain what a failed ``fetch`` may mean. Seen in urllib3 2.8."""
    try:
        ask(connection, *args, **options)
    except HTTPException:
        port = f":{connection.port}" if connection.port else ""
        origin = f"{connection.scheme}://{connection.host}{port}"
        raise HTTPException(unread(origin)) from None
