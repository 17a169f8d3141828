"""The bytecode of published apps: what it lacks, and what it keeps."""

from __future__ import annotations
import __future__

import argparse
import ast
import asyncio.base_events
import importlib.util
import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

import jupyterlite_asgi
from jupyterlite_asgi.build.apps import bytecode

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="locations have had columns since Python 3.11"
)

#: Our own package.
PACKAGE = Path(jupyterlite_asgi.__file__).parent

SOURCE = '''"""The module."""
import functools
assert functools.__name__, "kept"

class Empty:
    """Nothing else."""

def divide(one, other):
    """Divide."""
    "not a docstring"
    return (
        one
        / other
    )

async def wait():
    """Nothing else."""
'''


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _module(keep: str) -> ModuleType:
    module = ModuleType("sample")
    exec(bytecode.compiled(SOURCE.encode(), "sample.py", keep), vars(module))
    return module


@pytest.mark.parametrize("module", [argparse, asyncio.base_events, traceback])
def test_each_instruction_keeps_its_line_and_has_no_columns(module: ModuleType) -> None:
    path = str(module.__file__)
    source = Path(path).read_bytes()
    whole = [*_codes(bytecode.compiled(source, path, "all"))]
    reduced = [*_codes(bytecode.compiled(source, path, "docstrings"))]
    assert len(whole) == len(reduced) > 20
    for one, other in zip(whole, reduced, strict=True):
        assert one.co_code == other.co_code
        assert [line for line, *_ in one.co_positions()] == [
            line for line, *_ in other.co_positions()
        ]
        assert {position[2:] for position in other.co_positions()} == {(None, None)}


def test_only_docstrings_are_removed() -> None:
    module = _module("nothing")
    assert [item.__doc__ for item in (module, module.Empty, module.divide)] == [None] * 3
    assert module.divide(6, 3) == 2
    assert module.divide.__code__.co_firstlineno == 8
    assert "kept" in ast.unparse(_tree())
    kept = _module("docstrings")
    assert [kept.__doc__, kept.Empty.__doc__] == ["The module.", "Nothing else."]


def test_our_own_modules_are_compiled_without_docstrings() -> None:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_bytes()
        code = bytecode.compiled(source, str(path), "nothing")
        has_annotations = b"from __future__ import annotations" in source
        assert bool(code.co_flags & __future__.annotations.compiler_flag) == has_annotations, path
        docstring = ast.get_docstring(ast.parse(source), clean=False)
        assert docstring is None or docstring not in code.co_consts, path


def _tree() -> ast.Module:
    tree = ast.parse(SOURCE)
    bytecode.remove_docstrings(tree)
    return tree


def test_files_are_compiled_beside_their_sources(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(SOURCE, "utf-8")
    bad.write_text("def", "utf-8")
    bytecode.compile_files(json.dumps([[str(bad), "all"], [str(good), "nothing"]]))
    target = Path(importlib.util.cache_from_source(str(good)))
    assert [*target.parent.iterdir()] == [target]

    # It is valid without its source's date, and without the source's text.
    good.write_text("1/0", "utf-8")
    spec = importlib.util.spec_from_file_location("good", good)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(ZeroDivisionError) as caught:
        module.divide(1, 0)
    assert caught.traceback[-1].lineno == 11
