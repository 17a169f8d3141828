"""The options that ``options`` declares, in ``serve()``, the magic and the README."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest

from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.notebook.extension import asgi_serve
from jupyterlite_asgi.notebook.serve import serve
from jupyterlite_asgi.serve_options import FLAGS, USAGE, Flag, Options, size

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
    other = Options("shop", "tab", 5, 6, True, False, "wsgi", True, 1, 2, 3)
    await serve(print, **dataclasses.asdict(other))
    await serve(print)
    assert received == [other, Options()]


def test_usage_line() -> None:
    assert USAGE == (
        "%asgi_serve EXPR [--name NAME] [--open panel|inline|tab|none] [--timeout SECONDS] "
        "[--startup-timeout SECONDS] [--replace] [--no-inject] [--interface asgi3|asgi2|wsgi] "
        "[--strip-prefix] [--limit-concurrency N] [--limit-headers SIZE] [--limit-body SIZE]"
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("65536", 65536),
        ("64K", 65536),
        ("64kb", 65536),
        ("10M", 10 << 20),
        ("10MiB", 10 << 20),
        ("1G", 1 << 30),
    ],
)
def test_size_may_have_a_unit(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize("text", ["K", "-1", "1.5M", "1T", "1 M", "1B", "9" * 16, "१"])
def test_invalid_size_raises(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        size(text)


@pytest.mark.parametrize("limit", ["limit_concurrency", "limit_headers", "limit_body"])
def test_limit_must_be_above_zero(limit: str) -> None:
    dataclasses.replace(Options(), **{limit: 1})  # type: ignore[arg-type]
    with pytest.raises(ServeError, match=f"A {limit} of 0 is invalid: use a number above 0"):
        dataclasses.replace(Options(), **{limit: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("name", 5, "The option name takes a string, not 5."),
        ("name", True, "The option name takes a string, not True."),
        ("timeout", "5", "The option timeout takes a number of seconds, not '5'."),
        ("timeout", None, "The option timeout takes a number of seconds, not None."),
        ("replace", "yes", "The option replace takes True or False, not 'yes'."),
        ("limit_body", "10M", "The option limit_body takes an integer, not '10M'."),
        ("limit_body", True, "The option limit_body takes an integer, not True."),
    ],
)
def test_value_of_another_type_is_refused(option: str, value: object, sentence: str) -> None:
    with pytest.raises(ServeError) as caught:
        Options(**{option: value})  # type: ignore[arg-type]
    assert str(caught.value) == sentence
