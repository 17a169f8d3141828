"""Starlette, which looks for its parser of forms once, when it is imported."""

from __future__ import annotations

import functools
import importlib.util
from types import ModuleType
from typing import Any

#: What requests take from the module of the parsers.
_PARSERS = ("FormParser", "MultiPartException", "MultiPartParser", "parse_options_header")


def mend_forms(module: ModuleType) -> None:
    """Parse forms by a python-multipart that was installed after. Seen in Starlette 1.10.

    Its error asks for that package; a server would start again then, and a kernel does not.
    """
    get_form = module.Request._get_form

    @functools.wraps(get_form)
    async def get_form_anew(self: Any, **limits: Any) -> Any:
        if module.parse_options_header is None and importlib.util.find_spec("python_multipart"):
            parsers = importlib.reload(importlib.import_module("starlette.formparsers"))
            vars(module).update((name, vars(parsers)[name]) for name in _PARSERS)
        return await get_form(self, **limits)

    module.Request._get_form = get_form_anew
