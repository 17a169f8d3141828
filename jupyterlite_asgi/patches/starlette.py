"""Starlette, which looks for python-multipart only once, at import."""

from __future__ import annotations

import functools
import importlib.util
from types import ModuleType
from typing import Any


def patch_forms(module: ModuleType) -> None:
    """Parse forms with a python-multipart that was installed later. Seen in Starlette 1.10.

    Starlette's error says to install it; a server would restart then, but a kernel does not.
    """
    get_form = module.Request._get_form

    @functools.wraps(get_form)
    async def get_form_again(self: Any, **limits: Any) -> Any:
        if module.parse_options_header is None and importlib.util.find_spec("python_multipart"):
            _set_python_multipart(module, importlib.import_module("starlette.formparsers"))
        return await get_form(self, **limits)

    module.Request._get_form = get_form_again


def _set_python_multipart(requests: ModuleType, parsers: ModuleType) -> None:
    """Set the names in both modules that they would have imported."""
    multipart = importlib.import_module("python_multipart")
    errors = importlib.import_module("python_multipart.exceptions")
    parse = importlib.import_module("python_multipart.multipart").parse_options_header
    vars(parsers).update(multipart=multipart, FormParserError=errors.FormParserError)
    for module in (requests, parsers):
        vars(module).update(parse_options_header=parse)
