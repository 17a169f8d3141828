"""Dash, which wants to be told where it is mounted, and to be imported once for all cells."""

from __future__ import annotations

import functools
from contextvars import ContextVar
from types import MappingProxyType, ModuleType
from typing import Any


def patch_context(module: ModuleType) -> None:
    """Give what is known of a callback a value in each cell. Seen in Dash 4.4.

    Dash sets it as it is imported, and a cell has a context of its own: in the next one
    ``dash.register_page()`` raised LookupError.
    """
    nothing = MappingProxyType[str, Any]({})
    context = ContextVar("callback_context", default=nothing)
    module.context_value = context  # type: ignore[attr-defined]


def patch_prefix(module: ModuleType) -> None:
    """Take ``requests_pathname_prefix`` from the request, unless it was given. Seen in Dash 4.4.

    Without it Dash takes the whole path for that of a page, and knows none such.
    """
    from flask import has_request_context, request

    set_up = module.Dash._setup_server

    @functools.wraps(set_up)
    def set_up_mounted(self: Any) -> None:
        config = self.config
        known = (config.routes_pathname_prefix, getattr(self, "mounted", None))
        if has_request_context() and config.requests_pathname_prefix in known:
            self.mounted = f"{request.script_root}{config.routes_pathname_prefix}"
            # Past the check that keeps others from writing it.
            dict.__setitem__(config, "requests_pathname_prefix", self.mounted)
        set_up(self)

    module.Dash._setup_server = set_up_mounted
