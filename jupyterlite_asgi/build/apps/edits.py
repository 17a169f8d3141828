"""Removes statements from a text, whose other lines keep their numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def before(text: str, statement: ast.stmt) -> str:
    """Return the text in front of a statement."""
    lines = text.split("\n")[: statement.lineno]
    lines[-1] = _bytes_to(lines[-1], statement.col_offset)
    return "\n".join(lines)


def without(text: str, statements: Iterable[ast.stmt]) -> str:
    """Return the text with ``pass`` and empty lines in place of each statement."""
    for statement in sorted(statements, key=lambda each: -each.lineno * 10_000 - each.col_offset):
        assert statement.end_lineno is not None
        assert statement.end_col_offset is not None
        last = text.split("\n")[statement.end_lineno - 1]
        rest = [_bytes_from(last, statement.end_col_offset)]
        rest += text.split("\n")[statement.end_lineno :]
        blank = "\n" * (statement.end_lineno - statement.lineno)
        text = f"{before(text, statement)}pass{blank}" + "\n".join(rest)
    return text


def _bytes_to(line: str, offset: int) -> str:
    """Return a line up to an offset in its UTF-8, as ``ast`` counts."""
    return line.encode()[:offset].decode()


def _bytes_from(line: str, offset: int) -> str:
    return line.encode()[offset:].decode()
