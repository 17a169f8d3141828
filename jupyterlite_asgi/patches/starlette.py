"""Starlette, which looks for python-multipart only once, at import."""

from __future__ import annotations

import importlib.util
from typing import Any

from .around import around


@around("Request._get_form")
async def patch_forms(get_form: Any, request: Any, /, **limits: Any) -> Any:
    """Parse forms with a python-multipart that was installed later. Seen in Starlette 1.10.

    Starlette's error says to install it; a server would restart then, but a kernel does not.
    """
    requests: Any = importlib.import_module("starlette.requests")
    if requests.parse_options_header is None and importlib.util.find_spec("python_multipart"):
        _set_python_multipart(requests, importlib.import_module("starlette.formparsers"))
    return await get_form(request, **limits)


def _set_python_multipart(requests: Any, parsers: Any) -> None:
    """Set the names in both modules that they would have imported."""
    multipart = importlib.import_module("python_multipart")
    errors = importlib.import_module("python_multipart.exceptions")
    parse = importlib.import_module("python_multipart.multipart").parse_options_header
    vars(parsers).update(multipart=multipart, FormParserError=errors.FormParserError)
    for module in (requests, parsers):
        vars(module).update(parse_options_header=parse)
