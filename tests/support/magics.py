"""Cells with our magics, and a kernel that records what they serve."""

from __future__ import annotations

import asyncio
import sys
import types

import pytest
from IPython.core.inputtransformer2 import make_tokens_by_line
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from jupyterlite_asgi.notebook import serve
from jupyterlite_asgi.notebook.extension import Transformer
from jupyterlite_asgi.serve_options import Options

#: App, expression and options.
Served = tuple[object, str, Options]


def run(shell: InteractiveShell, cell: str) -> ExecutionResult:
    """Run ``cell`` as the Pyodide kernel does: its token transformers, then IPython."""
    lines = cell.splitlines(keepends=True)
    while found := Transformer.find(make_tokens_by_line(lines)):
        lines = asyncio.run(found.transform(lines))
    result: ExecutionResult = shell.run_cell("".join(lines), store_history=True)
    return result


def browser(monkeypatch: pytest.MonkeyPatch, *, jspi: bool) -> list[Served]:
    """Simulate a Pyodide kernel with or without JSPI; return a list of what it then serves."""
    served: list[Served] = []

    async def serve_expression(app: object, expression: str, options: Options) -> str:
        served.append((app, expression, options))
        return "the server"

    ffi = types.SimpleNamespace(can_run_sync=lambda: jspi, run_sync=asyncio.run)
    monkeypatch.setitem(sys.modules, "pyodide", types.ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", ffi)
    monkeypatch.setattr(serve, "serve_expression", serve_expression)
    return served
