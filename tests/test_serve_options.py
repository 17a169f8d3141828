"""The options that ``options`` declares, in ``serve()``, the magic and the README."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest

from jupyterlite_asgi.notebook.extension import asgi_serve
from jupyterlite_asgi.notebook.serve import serve
from jupyterlite_asgi.serve_options import FLAGS, USAGE, Flag, Options

README = Path(__file__).parent.parent / "README.md"


def test_parameters_of_serve_are_the_options() -> None:
    app, *rest = inspect.signature(serve).parameters.values()
    assert app.name == "app"
    assert [(one.name, one.default) for one in rest] == [
        (field.name, field.default) for field in dataclasses.fields(Options)
    ]


async def test_serve_passes_on_each_option(monkeypatch: pytest.MonkeyPatch) -> None:
    async def record(app: object, expression: str, options: Options) -> None:
        received.append(options)

    received: list[Options] = []
    monkeypatch.setattr("jupyterlite_asgi.notebook.serve.serve_expression", record)
    other = Options("shop", open="tab", timeout=5, replace=True, inject=False)
    await serve(print, **dataclasses.asdict(other))
    await serve(print)
    assert received == [other, Options()]


def test_usage_line() -> None:
    assert USAGE == (
        "%asgi_serve EXPR [--name NAME] [--open panel|inline|tab|none] [--timeout SECONDS] "
        "[--startup-timeout SECONDS] [--replace] [--no-inject]"
    )


def test_magic_shows_the_usage_line() -> None:
    assert USAGE in " ".join((asgi_serve.__doc__ or "").split())


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_readme_has_a_row_for_each_option(flag: Flag) -> None:
    # In a table, GitHub needs "|" to be escaped even in code.
    lines = README.read_text("utf-8").replace(r"\|", "|").splitlines()
    spelling = f"--{flag.name} {flag.placeholder}".rstrip()
    (row,) = (line for line in lines if line.startswith(f"| `{spelling}`"))
    assert flag.help in row
