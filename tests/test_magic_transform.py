from __future__ import annotations

import ast
import asyncio
import inspect
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager, make_tokens_by_line
from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi.notebook import magic
from jupyterlite_asgi.notebook.extension import Transformer

Cell = Callable[[str], list[tuple[str, ...]]]


def transform(cell: str) -> str:
    """The cell as the Pyodide kernel passes it to IPython: its magics replaced, one at a time."""
    lines = f"{cell}\n".splitlines(keepends=True)
    while found := Transformer.find(make_tokens_by_line(lines)):
        lines = asyncio.run(found.transform(lines))
    return "".join(lines)


async def execute(source: str, namespace: dict[str, Any]) -> None:
    """Run a transformed cell as IPython does, inside a running event loop."""
    code = compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, namespace)
    if inspect.isawaitable(result):
        await result


class FakeShell:
    """IPython's shell, as far as a transformed cell uses it."""

    def __init__(self, calls: list[tuple[str, ...]]) -> None:
        self._calls = calls

    def run_line_magic(self, name: str, line: str) -> str:
        self._calls.append(("magic", name, line))
        return "the server"


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    """Runs a cell; returns the magics that it called, awaited or plain, with line and value."""
    calls: list[tuple[str, ...]] = []

    async def asgi_serve(line: str, value: Callable[[], str] | None = None) -> str:
        calls.append(("await", "asgi_serve", line, value() if value else "nothing"))
        return "the server"

    async def asgi_stop(line: str) -> None:
        calls.append(("await", "asgi_stop", line))

    async def make() -> str:
        return "made"

    def run(source: str) -> list[tuple[str, ...]]:
        calls.clear()
        source = TransformerManager().transform_cell(transform(source))
        namespace: dict[str, Any] = {
            "app": "an app",
            "make": make,
            "get_ipython": lambda: FakeShell(calls),
        }
        asyncio.run(execute(source, namespace))
        calls.extend(("result", namespace[name]) for name in ("r",) if name in namespace)
        return list(calls)

    monkeypatch.setattr(magic, "serve_line", asgi_serve)
    monkeypatch.setattr(magic, "stop_line", asgi_stop)
    return run


SERVED = ("await", "asgi_serve", "app", "an app")
PLAIN = ("magic", "asgi_serve", "app")


@pytest.mark.parametrize(
    "source",
    [
        "%asgi_serve app",
        "x = 1\n%asgi_serve app\nx = 2",
        "\n\n%asgi_serve app\n\n",
        "# a comment\n%asgi_serve app",
        "if True:\n    %asgi_serve app",
        "if True:\n    pass\nelse:\n    pass\n%asgi_serve app",
        "for _ in range(1):\n  if True:\n    %asgi_serve app",
        "try:\n    %asgi_serve app\nfinally:\n    pass",
        "with __import__('contextlib').nullcontext():\n\t%asgi_serve app",
        "def f():\n    pass\n%asgi_serve app",
        "class A:\n    pass\nif True:\n    %asgi_serve app",
        "async def f():\n    %asgi_serve app\nawait f()",
        "async def f():\n    if True:\n        %asgi_serve app\nawait f()",
        "async def f(\n    a=1,\n):\n    %asgi_serve app\nawait f()",
        "def f():\n    async def g():\n        %asgi_serve app\n    return g()\nawait f()",
        "class A:\n    async def f(self):\n        %asgi_serve app\nawait A().f()",
        "async def f():\n    def g():\n        pass\n    %asgi_serve app\nawait f()",
        "async def f():\n    class A:\n        x = 1\n\n    # why\n    %asgi_serve app\nawait f()",
    ],
)
def test_magic_becomes_an_await(source: str, cell: Cell) -> None:
    assert cell(source) == [SERVED]


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    %asgi_serve app\nf()",
        "def f():\n    if True:\n        %asgi_serve app\nf()",
        "def f():\n\n    # a comment\n    %asgi_serve app\nf()",
        "class A:\n    %asgi_serve app",
        "class A:\n    def f(self):\n        %asgi_serve app\nA().f()",
        "async def f():\n    def g():\n        %asgi_serve app\n    g()\nawait f()",
        "async def f():\n    class A:\n        %asgi_serve app\nawait f()",
        'def f():\n    text = """\nnot indented\n"""\n    %asgi_serve app\nf()',
        "def f(a=(\n1)):\n    %asgi_serve app\nf()",
    ],
)
def test_magic_outside_async_code_is_left_to_ipython(source: str, cell: Cell) -> None:
    assert transform(source) == f"{source}\n"
    assert cell(source) == [PLAIN]


@pytest.mark.parametrize(
    "source",
    [
        "text = '%asgi_serve app'",
        'text = """\n%asgi_serve app\n"""',
        "text = '''\n    %asgi_serve app\n'''",
        "# %asgi_serve app",
        "app = 7\nasgi_serve = 4\nx = app %asgi_serve",
        "app = 7\nasgi_serve = 4\nx = (app\n%asgi_serve)",
        "app = 7\nasgi_serve = 4\nx = app \\\n%asgi_serve",
        "asgi_serve = 1\nx = asgi_serve",
    ],
)
def test_text_that_looks_like_a_magic_is_unchanged(source: str, cell: Cell) -> None:
    assert transform(source) == f"{source}\n"
    assert cell(source) == []


def test_other_magics_are_left_to_ipython(cell: Cell) -> None:
    assert transform("%asgi_list\n%time app") == "%asgi_list\n%time app\n"
    assert cell("%asgi_list") == [("magic", "asgi_list", "")]
    assert cell("%asgi_server app") == [("magic", "asgi_server", "app")]


def test_magic_after_a_string_that_contains_one(cell: Cell) -> None:
    source = 'text = """\n%asgi_serve other\n"""\n%asgi_serve app\nr = text'
    assert cell(source) == [SERVED, ("result", "\n%asgi_serve other\n")]


def test_result_is_assigned(cell: Cell) -> None:
    assert cell("r = %asgi_serve app") == [SERVED, ("result", "the server")]
    assert cell("r: str = %asgi_serve app") == [SERVED, ("result", "the server")]
    assert cell("q = r = %asgi_serve app") == [SERVED, ("result", "the server")]


def test_two_magics_in_a_cell(cell: Cell) -> None:
    source = "%asgi_serve app --name one\nr = %asgi_serve app --name two"
    assert cell(source) == [
        ("await", "asgi_serve", "app --name one", "an app"),
        ("await", "asgi_serve", "app --name two", "an app"),
        ("result", "the server"),
    ]


def test_awaited_and_plain_magics_in_a_cell(cell: Cell) -> None:
    source = "def f():\n    %asgi_serve app\n%asgi_serve app\nf()"
    assert cell(source) == [SERVED, PLAIN]


@pytest.mark.parametrize("line", ["", "shop", "shop # now"])
def test_stop_becomes_an_await(line: str, cell: Cell) -> None:
    assert cell(f"%asgi_stop {line}".rstrip()) == [("await", "asgi_stop", line)]


def test_blanks_around_arguments_are_ignored(cell: Cell) -> None:
    for source in ("%asgi_serve   app", "%asgi_serve app   ", "%asgi_serve\tapp"):
        ((_, name, line, value),) = cell(source)
        assert (name, line.strip(), value) == ("asgi_serve", "app", "an app")


def test_options_are_passed_on(cell: Cell) -> None:
    line = "--open tab app --name 'shop' # here"
    assert cell(f"%asgi_serve {line}") == [("await", "asgi_serve", line, "an app")]


def test_quotes_in_the_line_are_kept(cell: Cell) -> None:
    line = """{'a "b"': app}['a "b"']"""
    assert cell(f"%asgi_serve {line}") == [("await", "asgi_serve", line, "an app")]


@pytest.mark.parametrize("line", ["", "app shop", "app --log 80", "main:app", "app --name"])
def test_invalid_line_is_left_for_the_magic_to_report(line: str, cell: Cell) -> None:
    source = f"%asgi_serve {line}".rstrip()
    assert cell(source) == [("await", "asgi_serve", line, "nothing")]


def test_expression_with_an_await(cell: Cell) -> None:
    assert cell("%asgi_serve await make()") == [
        ("await", "asgi_serve", "await make()", "made"),
    ]


def test_expression_sees_the_variables_of_its_function(cell: Cell) -> None:
    source = "async def f(local):\n    %asgi_serve local\nawait f('mine')"
    assert cell(source) == [("await", "asgi_serve", "local", "mine")]


def test_continued_line(cell: Cell) -> None:
    ((_, name, line, value),) = cell("%asgi_serve app \\\n    --name shop \\\n    --open tab")
    assert (name, line.split(), value) == (
        "asgi_serve",
        ["app", "--name", "shop", "--open", "tab"],
        "an app",
    )


@pytest.mark.parametrize(
    "source",
    [
        "%asgi_serve app\n1 / 0",
        "r = %asgi_serve app\n1 / 0",
        "%asgi_serve app \\\n  --name shop \\\n  --open tab\n1 / 0",
        "if True:\n    %asgi_serve app \\\n      --name shop\n    1 / 0",
        "%asgi_serve app \\\n  --name shop\n%asgi_stop\n\n1 / 0",
    ],
)
def test_later_lines_keep_their_numbers(source: str, cell: Cell) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        cell(source)
    (line,) = (
        frame.lineno
        for frame in traceback.extract_tb(caught.value.__traceback__)
        if frame.filename == "<cell>"
    )
    assert line == source.count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "%%capture\n%asgi_serve app",
        "%%capture out\nx = 1\n%asgi_serve app\n%asgi_stop",
        "\n%%time\n%asgi_serve app",
    ],
)
def test_cell_magic_is_left_to_ipython(source: str) -> None:
    assert transform(source) == f"{source}\n"


def test_autoawait_off_leaves_the_magic_to_ipython(shell: InteractiveShell, cell: Cell) -> None:
    assert cell("%asgi_serve app") == [SERVED]
    shell.autoawait = False
    assert cell("%asgi_serve app") == [PLAIN]


@pytest.mark.parametrize("source", ["(\n%asgi_serve app", "text = '''\n%asgi_serve app", "%", "%%"])
def test_unfinished_cell_does_not_raise(source: str) -> None:
    assert transform(source) == f"{source}\n"


def test_await_is_the_only_change() -> None:
    module = "__import__('jupyterlite_asgi.notebook.magic').notebook.magic"
    call = f"await {module}.serve_line('app', lambda: (app))"
    assert transform("x = 1  # one\n%asgi_serve app\ny") == f"x = 1  # one\n{call}\ny\n"
