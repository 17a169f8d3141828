"""Starlette, which looks for its parser of forms once, when it is imported."""

from __future__ import annotations

import functools
import importlib.util
from types import ModuleType
from typing import Any


def patch_forms(module: ModuleType) -> None:
    """Parse forms by a python-multipart that was installed after. Seen in Starlette 1.10.

    Its error asks for that package; a server would start again then, and a kernel does not.
    """
    get_form = module.Request._get_form

    @functools.wraps(get_form)
    async def get_form_anew(self: Any, **limits: Any) -> Any:
        if module.parse_options_header is None and importlib.util.find_spec("python_multipart"):
            _take_python_multipart(module, importlib.import_module("starlette.formparsers"))
        return await get_form(self, **limits)

    module.Request._get_form = get_form_anew


def _take_python_multipart(requests: ModuleType, parsers: ModuleType) -> None:
    """Give both modules what they would have imported of it."""
    multipart = importlib.import_module("python_multipart")
    errors = importlib.import_module("python_multipart.exceptions")
    parse = importlib.import_module("python_multipart.multipart").parse_options_header
    vars(parsers).update(multipart=multipart, FormParserError=errors.FormParserError)
    for module in (requests, parsers):
        vars(module).update(parse_options_header=parse)
