"""Compiles modules to bytecode without what a published app does not need of them.

``src/prepare/`` imports this module in Node.js, where Pyodide's own Python compiles.
"""

from __future__ import annotations

import ast
import json
import marshal
import struct
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from types import CodeType

#: In bytecode: valid whatever the date and the contents of the source (PEP 552).
_UNCHECKED = struct.pack("<I", 0b01)

#: Kinds of entries in location tables, see CPython's `InternalDocs/code_objects.md`.
_NO_COLUMNS, _NO_LOCATION = 13, 15

#: How many code units one entry describes at most.
_LONGEST = 8

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def compile_files(files: str) -> None:
    """Write the bytecode of modules beside their sources; those that do not compile are left alone.

    Args:
        files: a JSON array of pairs: a path, and what to keep beside the code and its lines:
            ``all``, ``docstrings``, or ``nothing``.
    """
    for path, keep in json.loads(files):
        source = Path(path).read_bytes()
        try:
            code = compiled(source, path, keep)
        except (SyntaxError, ValueError, RecursionError):
            continue
        target = Path(cache_from_source(path))
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(MAGIC_NUMBER + _UNCHECKED + source_hash(source) + marshal.dumps(code))


def compiled(source: bytes, path: str, keep: str) -> CodeType:
    """Compile a module; see ``compile_files()``.

    Without columns, tracebacks show the lines, but mark nothing within them. They and the
    docstrings are 40 % of the standard library's bytecode, compressed.
    """
    tree = ast.parse(source, path)
    if keep == "nothing":
        remove_docstrings(tree)
    code: CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code if keep == "all" else without_columns(code)


def remove_docstrings(tree: ast.Module) -> None:
    """Remove the docstrings, and only them: assertions stay."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            if _imports_future(node.body[1:]):
                del node.body[0]  # only a docstring may come before it
            else:
                # The next statement must not come first: it may be a text as well.
                node.body[0] = ast.copy_location(ast.Pass(), node.body[0])


def _imports_future(statements: list[ast.stmt]) -> bool:
    match statements:
        case [ast.ImportFrom(module="__future__"), *_]:
            return True
    return False


def without_columns(code: CodeType) -> CodeType:
    """Return the code, and all code within it, with its lines but without columns."""
    constants = tuple(
        without_columns(constant) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants, co_linetable=b"".join(_entries(code)))


def _entries(code: CodeType) -> Iterator[bytes]:
    before = code.co_firstlineno
    for start, end, line in code.co_lines():
        units = (end - start) // 2
        while units > 0:
            length = min(units, _LONGEST)
            units -= length
            if line is None:
                yield _head(_NO_LOCATION, length)
            else:
                yield _head(_NO_COLUMNS, length) + _signed(line - before)
                before = line


def _head(kind: int, length: int) -> bytes:
    return bytes([0x80 | kind << 3 | length - 1])


def _signed(number: int) -> bytes:
    """Encode a difference: the sign in the lowest bit, then six bits for each byte."""
    rest = -number << 1 | 1 if number < 0 else number << 1
    encoded = bytearray()
    while rest >= 64:
        encoded.append(64 | rest & 63)
        rest >>= 6
    encoded.append(rest)
    return bytes(encoded)
