from __future__ import annotations

import asyncio
import types
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi import ServeError, load_ipython_extension
from jupyterlite_asgi.notebook import serve
from jupyterlite_asgi.notebook.extension import Transformer
from jupyterlite_asgi.serve_options import Options

from .support.apps import says
from .support.fake_host import FakeHost
from .support.magics import browser, run

OUTSIDE = "Apps are served only in a JupyterLite site"

# Errors


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("%asgi_serve", "Say which app to serve, as in `%asgi_serve app`"),
        ("%asgi_serve shop", "There is no 'shop' in this notebook: run the cell that defines it"),
        ("%asgi_serve make(app)", "There is no 'make' in this notebook"),
        ("%asgi_serve shop.api --name api", "There is no 'shop' in this notebook"),
        ("%asgi_serve app --log 80", "There is no option --log"),
        ("%asgi_serve app --replce", "There is no option --replce: did you mean --replace?"),
        ("%asgi_server app", "There is no magic %asgi_server: did you mean %asgi_serve?"),
        ("%asgi_stpo", "There is no magic %asgi_stpo: did you mean %asgi_stop?"),
        ("%asgi_start app", "There is no magic %asgi_start: did you mean %asgi_serve?"),
        ("%asgi_serve app --name {missing}", "There is no 'missing' in this notebook"),
        ("%asgi_stop {1 + 1}", "No app is served; start one"),
        ("%asgi_list shop", "%asgi_list takes no argument, but got 'shop': write `%asgi_list`."),
        ("%asgi_stop --all", "%asgi_stop has no option --all: write `%asgi_stop NAME`."),
        ("%asgi_serve app --name", "The option --name needs a value"),
        ("%asgi_serve app --name a/b", "'a/b' is not a valid name"),
        ("%asgi_serve app --open window", "An app cannot be opened in 'window'"),
        ("%asgi_serve main:app", "instead of uvicorn's module:app"),
        ("%asgi_serve 'main:app'", "'main:app' is a string, not an app"),
        ("%asgi_serve app shop", "`app shop` is not a Python expression"),
        ("%asgi_serve None", "None is None, not an ASGI app"),
        ("%asgi_serve app", OUTSIDE),
        ("%asgi_stop", "No app is served; start one with `%asgi_serve app`."),
        ("%asgi_stop shop", "No app is served; start one with `%asgi_serve app`."),
        ("def f():\n    %asgi_serve app\nf()", OUTSIDE),
    ],
)
def test_mistake_raises_one_sentence(
    cell: str, sentence: str, magics: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(magics, cell)
    assert isinstance(result.error_in_exec, ServeError)
    assert sentence in str(result.error_in_exec)
    printed = capsys.readouterr()
    assert printed.out.strip().splitlines() == [f"ServeError: {result.error_in_exec}"]
    assert printed.err == ""


@pytest.mark.parametrize("cell", ["%asgi_serve make()", "def f():\n    %asgi_serve make()\nf()"])
def test_name_error_in_a_factory_passes_through(
    cell: str, magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser(monkeypatch, jspi=True)
    run(magics, "def make():\n    return FastAPI()")
    result = run(magics, cell)
    assert isinstance(result.error_in_exec, NameError)


@pytest.mark.parametrize("cell", ["%asgi_serve missing", "def f():\n    %asgi_serve missing\nf()"])
def test_undefined_name_is_reported_in_a_browser(
    cell: str, magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=True)
    result = run(magics, cell)
    assert isinstance(result.error_in_exec, ServeError)
    assert "There is no 'missing' in this notebook" in str(result.error_in_exec)
    assert served == []


def test_error_in_the_expression_passes_through(magics: InteractiveShell) -> None:
    assert isinstance(run(magics, "%asgi_serve [][0]").error_in_exec, IndexError)


# Serving


def test_awaited_magic_returns_the_server(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=False)
    run(magics, "%asgi_serve app --name shop --open tab")
    assert magics.user_ns["_"] == "the server"
    assert served == [(magics.user_ns["app"], "app", Options("shop", "tab"))]


def test_options_are_passed_on(magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    served = browser(monkeypatch, jspi=False)
    run(magics, "%asgi_serve app --timeout 5 --replace --no-inject")
    assert served == [
        (magics.user_ns["app"], "app", Options(timeout=5, replace=True, inject=False))
    ]


@pytest.mark.parametrize("kind", ["{}", "async def f():\n {}\nawait f()", "def f():\n {}\nf()"])
@pytest.mark.parametrize("options", ["--name {n} --timeout {2 + 3}", "--name=$n --timeout {5}"])
def test_variables_are_expanded_in_options(
    kind: str, options: str, magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=True)
    run(magics, kind.replace("{}", f"for n in 'ab':\n  %asgi_serve app {options}"))
    assert [options for _, _, options in served] == [
        Options("a", timeout=5),
        Options("b", timeout=5),
    ]


def test_text_that_is_no_variable_is_not_expanded(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser(monkeypatch, jspi=True)
    result = run(magics, "%asgi_serve app --name {1/0}")
    assert "'{1/0}' is not a valid name" in str(result.error_in_exec)


@pytest.mark.parametrize(("end", "shown"), [("", True), (";", False), (" --open tab;", False)])
def test_semicolon_hides_the_result(
    end: str,
    shown: bool,
    magics: InteractiveShell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served = browser(monkeypatch, jspi=False)
    run(magics, f"%asgi_serve app{end}")
    assert len(served) == 1
    assert ("the server" in capsys.readouterr().out) == shown


def test_magic_in_a_plain_function_serves_its_variable_with_jspi(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=True)
    cell = "def f(local):\n    r = %asgi_serve local\n    return r\nf('mine')"
    run(magics, cell)
    assert magics.user_ns["_"] == "the server"
    assert served == [("mine", "local", Options())]


def test_magic_in_a_plain_function_without_jspi_says_what_to_write(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=False)
    result = run(magics, "def f():\n    %asgi_serve app\nf()")
    assert isinstance(result.error_in_exec, ServeError)
    assert "`await serve(app)` at the top level of a cell" in str(result.error_in_exec)
    assert served == []


def test_magic_serves_without_autoawait_with_jspi(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=True)
    run(magics, "%autoawait off")
    assert run(magics, "%asgi_serve app").error_in_exec is None
    assert len(served) == 1


def test_magic_serves_inside_a_cell_magic_with_jspi(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = browser(monkeypatch, jspi=True)
    assert run(magics, "%%capture\n%asgi_serve app").error_in_exec is None
    assert len(served) == 1


# %asgi_stop


@pytest.mark.parametrize("line", ["%asgi_stop shop", "%asgi_stop", "%asgi_stop shop # now"])
def test_stop(line: str, magics: InteractiveShell, host: FakeHost) -> None:
    server = asyncio.run(host.serve(says("hello"), "shop"))
    assert run(magics, line).error_in_exec is None
    assert server.state == "stopped"
    assert serve.servers() == []


# Loading


def test_transformer_is_registered_once(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    transformers: list[Any] = []
    manager = types.SimpleNamespace(token_transformers=transformers)
    kernel = types.SimpleNamespace(lite_transform_manager=manager)
    monkeypatch.setattr(shell, "kernel", kernel, raising=False)
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert transformers == [Transformer]


@pytest.mark.parametrize("name", ["asgi_serve", "asgi_stop", "asgi_list"])
def test_docstring_of_a_magic_shows_its_syntax(name: str, magics: InteractiveShell) -> None:
    magic = magics.find_line_magic(name)
    assert f"%{name}" in magic.__doc__


def test_magics_are_valid_without_our_transformer(magics: InteractiveShell) -> None:
    cell = TransformerManager().transform_cell("%asgi_serve app")
    assert cell == "get_ipython().run_line_magic('asgi_serve', 'app')\n"
