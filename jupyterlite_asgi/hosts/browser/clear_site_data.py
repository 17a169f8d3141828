"""Parses ``Clear-Site-Data`` (W3C Clear Site Data, section 3.1)."""

from __future__ import annotations

from ...types import HeaderPairs

#: The types of data that are the app's own here. The cache is the browser's, and no browser
#: reloads pages for ``"executionContexts"``.
_TYPES = {b'"cookies"': {"cookies"}, b'"storage"': {"storage"}, b'"*"': {"cookies", "storage"}}


def cleared_types(headers: HeaderPairs) -> set[str]:
    """Return which of ``cookies`` and ``storage`` a response clears.

    A type without its quotes, or in upper case, is none, as in browsers.
    """
    values = b",".join(value for name, value in headers if name.lower() == b"clear-site-data")
    types: set[str] = set()
    for item in values.split(b","):
        types |= _TYPES.get(item.strip(), set())
    return types
