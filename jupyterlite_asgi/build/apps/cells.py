"""Finds the lines of a cell that are not Python, but commands for IPython."""

from __future__ import annotations

import re
from collections.abc import Iterator

_REST = r"(?:\\\n|[^\n])*(?:\n|\Z)"
_COMMAND = re.compile(
    r"[ \t]*(?:"
    r"[%!?]"
    r"|[^\n=#'\"(\[{]*=[ \t]*(?:%|!(?!=))"
    r"|(?:pip|conda|mamba)[ \t]+install[ \t]"
    r"|[\w.*]+\?{1,2}[ \t]*(?:\n|\Z)"
    rf"){_REST}"
)
_TOKEN = re.compile(
    r"""(?P<text>\#[^\n]*
    |'''(?:\\.|[^\\])*?(?:'''|\Z)
    |\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)
    |'(?:\\.|[^'\\\n])*'?
    |"(?:\\.|[^"\\\n])*"?
    |\\\n)
    |(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)""",
    re.DOTALL | re.VERBOSE,
)


def split(cell: str) -> Iterator[tuple[str, bool]]:
    """Yield the logical lines of a cell, and whether each is a command for IPython.

    Together they are the cell. A line in a string or in brackets is never a command.
    """
    position = 0
    while position < len(cell):
        command = _COMMAND.match(cell, position)
        end = command.end() if command else _end(cell, position)
        if end == position:  # the pattern can match nothing only at the end
            return
        yield cell[position:end], command is not None
        position = end


def _end(cell: str, position: int) -> int:
    """Return where the logical line ends that begins at ``position``."""
    depth = 0
    for token in _TOKEN.finditer(cell, position):
        depth += bool(token["open"]) - bool(token["close"])
        if token["end"] and depth <= 0:
            return token.end()
    return len(cell)
