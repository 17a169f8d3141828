"""Dash, which must know where it is mounted, and is imported once for all cells."""

from __future__ import annotations

from contextvars import ContextVar
from types import MappingProxyType, ModuleType
from typing import Any

from .around import around


def patch_context(module: ModuleType) -> None:
    """Give the callback context a default value. Seen in Dash 4.4.

    Dash sets it at import, but each cell has its own context, so that ``dash.register_page()``
    raised LookupError in the next cell.
    """
    nothing = MappingProxyType[str, Any]({})
    context = ContextVar("callback_context", default=nothing)
    module.context_value = context  # type: ignore[attr-defined]


@around("Dash._setup_server")
def patch_prefix(set_up: Any, self: Any) -> None:
    """Take ``requests_pathname_prefix`` from the request, unless it is set. Seen in Dash 4.4.

    Without it, Dash looks up pages by the whole path, and finds none.
    """
    from flask import has_request_context, request

    config = self.config
    known = (config.routes_pathname_prefix, getattr(self, "mounted", None))
    if has_request_context() and config.requests_pathname_prefix in known:
        self.mounted = f"{request.script_root}{config.routes_pathname_prefix}"
        # Bypasses a check that makes it read-only.
        dict.__setitem__(config, "requests_pathname_prefix", self.mounted)
    set_up(self)
