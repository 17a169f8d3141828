"""The text that ``%asgi_serve --help`` prints."""

from __future__ import annotations

import textwrap

from ..serve_options import FLAGS

#: Columns.
_WIDTH = 100


def usage() -> str:
    """Return the options of ``%asgi_serve``, each with its explanation."""
    spellings = [f"  --{flag.name} {flag.placeholder}".rstrip() for flag in FLAGS.values()]
    width = max(map(len, spellings)) + 2
    indent = " " * width
    lines = [
        "usage: %asgi_serve EXPR [OPTIONS]",
        "",
        "EXPR is any expression whose value is an app.",
        "",
    ]
    for spelling, flag in zip(spellings, FLAGS.values(), strict=True):
        start = spelling.ljust(width)
        lines.append(textwrap.fill(start + flag.help, _WIDTH, subsequent_indent=indent))
    return "\n".join(lines)
