"""urllib3, which requests uses: it supports ``fetch``, but does not explain its failures."""

from __future__ import annotations

import functools
from http.client import HTTPException
from types import ModuleType
from typing import Any

from .unsupported import unread


def patch_request(module: ModuleType) -> None:
    """Explain what a failed ``fetch`` may mean. Seen in urllib3 2.8."""
    ask = module.EmscriptenHTTPConnection.request

    @functools.wraps(ask)
    def request(connection: Any, method: str, url: str, *args: Any, **options: Any) -> None:
        try:
            ask(connection, method, url, *args, **options)
        except HTTPException:
            port = f":{connection.port}" if connection.port else ""
            origin = f"{connection.scheme}://{connection.host}{port}"
            raise HTTPException(unread(origin)) from None

    module.EmscriptenHTTPConnection.request = request
