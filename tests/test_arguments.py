from __future__ import annotations

import pytest

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.notebook.arguments import (
    Arguments,
    asks_for_help,
    expression_of,
    is_silent,
    parse,
)
from jupyterlite_asgi.serve_options import Options


@pytest.mark.parametrize(
    ("line", "expression", "name", "place"),
    [
        ("app", "app", None, "panel"),
        ("  app  ", "app", None, "panel"),
        ("app # the shop", "app", None, "panel"),
        ("app # --name shop", "app", None, "panel"),
        ("app # the shop --open tab --port 80", "app", None, "panel"),
        ("app --open tab # --name shop", "app", None, "tab"),
        ("make('#') --name shop", "make('#')", "shop", "panel"),
        ("app --name shop", "app", "shop", "panel"),
        ("app --name=shop", "app", "shop", "panel"),
        ("app --name = shop", "app", "shop", "panel"),
        ("app --name 'shop'", "app", "shop", "panel"),
        ('app --name "my-shop"', "app", "my-shop", "panel"),
        ("app --open tab", "app", None, "tab"),
        ("app --open tab --name shop", "app", "shop", "tab"),
        ("app --name shop --open=inline # here", "app", "shop", "inline"),
        ("--name shop app", "app", "shop", "panel"),
        ("--open none app --name shop", "app", "shop", "none"),
        ("app --name one --name two", "app", "two", "panel"),
        ("app --name shop-2", "app", "shop-2", "panel"),
        ("make_app()", "make_app()", None, "panel"),
        ("make_app(debug = True) --open tab", "make_app(debug=True)", None, "tab"),
        ("apps['shop']", "apps['shop']", None, "panel"),
        ("shop.api", "shop.api", None, "panel"),
        ("make(' --name x ') --name y", "make(' --name x ')", "y", "panel"),
        ("make('# no comment')", "make('# no comment')", None, "panel"),
        ("a if b else c --open tab", "a if b else c", None, "tab"),
        ("lambda scope, receive, send: None", "lambda scope, receive, send: None", None, "panel"),
        ("await make_app()", "await make_app()", None, "panel"),
        ("a - -b", "a - -b", None, "panel"),
        ("a - - b", "a - -b", None, "panel"),
        ("a --1", "a - -1", None, "panel"),
    ],
)
def test_expression_and_options(line: str, expression: str, name: str | None, place: str) -> None:
    assert parse(line) == Arguments(expression, Options(name, place))


@pytest.mark.parametrize(
    "line",
    [
        "app --replace",
        "--replace app",
        "app --replace --name shop",
        "app --name shop --replace",
        "--name shop --replace app --open tab",
        "app --replace --replace",
        "app --replace # for good",
    ],
)
def test_flag_is_set_without_a_value(line: str) -> None:
    assert (parse(line).expression, parse(line).options.replace) == ("app", True)


def test_flag_can_turn_an_option_off() -> None:
    assert parse("app --no-inject --replace").options == Options(replace=True, inject=False)
    assert parse("--no-inject app").options == Options(inject=False)


@pytest.mark.parametrize(
    "line",
    [
        "app --name replace",
        "make('--replace')",
        "make(' --replace ')",
        "app # --replace",
        "app # not yet --replace",
        "app --name shop # --replace",
    ],
)
def test_line_without_the_flag(line: str) -> None:
    assert not parse(line).options.replace


@pytest.mark.parametrize(
    "line", ["app --replace=yes", "--replace=yes app", "app --replace='yes' --name shop"]
)
def test_value_for_a_flag_is_refused(line: str) -> None:
    with pytest.raises(ServeError, match="The option --replace takes no value: %asgi_serve EXPR"):
        parse(line)


def test_flag_is_a_whole_word() -> None:
    with pytest.raises(ServeError, match="There is no option --replaced"):
        parse("app --replaced")
    with pytest.raises(ServeError, match="There is no option --inject"):
        parse("app --inject")


@pytest.mark.parametrize("line", ["", "  ", "# app", "--name shop", "--open tab # here"])
def test_missing_expression_is_refused(line: str) -> None:
    with pytest.raises(ServeError, match="Say which app to serve, as in `%asgi_serve app`"):
        parse(line)


@pytest.mark.parametrize(
    "line",
    ["app --log 80", "--log 80 app", "app --log=80", "app --name shop --log 80", "app --log"],
)
def test_unknown_option_is_named(line: str) -> None:
    with pytest.raises(ServeError, match=r"There is no option --log: %asgi_serve EXPR \["):
        parse(line)


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("app --name", "name"),
        ("--open", "open"),
        ("--name", "name"),
        ("app --name --open tab", "name"),
        ("app --open # tab", "open"),
        ("app --name=", "name"),
        ("app --name --replace", "name"),
    ],
)
def test_option_without_a_value_is_refused(line: str, option: str) -> None:
    with pytest.raises(ServeError, match=f"The option --{option} needs a value"):
        parse(line)


@pytest.mark.parametrize("line", ["main:app", "shop.main:app  ", "main:app --reload"])
def test_uvicorns_notation_is_refused(line: str) -> None:
    with pytest.raises(ServeError, match="instead of uvicorn's module:app"):
        parse(line)


@pytest.mark.parametrize(
    "line", ["app shop", "app)", "x = app", "app --name shop tab", "import app", "app; shop"]
)
def test_invalid_expression_is_refused(line: str) -> None:
    with pytest.raises(ServeError, match="is not a Python expression"):
        parse(line)


@pytest.mark.parametrize(
    ("line", "option"),
    [("app --timout 5", "timeout"), ("app --opn tab", "open"), ("app --noinject", "no-inject")],
)
def test_misspelt_option_is_corrected(line: str, option: str) -> None:
    with pytest.raises(ServeError, match=f"did you mean --{option}\\?$"):
        parse(line)


@pytest.mark.parametrize(
    ("line", "needless"),
    [
        ("app --port 80", ("port",)),
        ("--port=80 app", ("port",)),
        ("app --host 0.0.0.0 --name shop --port 80 --reload", ("host", "port", "reload")),
        ("--reload app", ("reload",)),
        ("app --workers 4 --no-access-log", ("workers", "no-access-log")),
        ("--log-level debug app --proxy-headers", ("log-level", "proxy-headers")),
        ("app --name shop", ()),
    ],
)
def test_options_for_a_port_have_no_effect(line: str, needless: tuple[str, ...]) -> None:
    arguments = parse(line)
    assert (arguments.expression, arguments.needless) == ("app", needless)


def test_option_for_a_port_needs_its_value() -> None:
    with pytest.raises(ServeError, match="The option --port needs a value"):
        parse("app --port")
    with pytest.raises(ServeError, match="The option --reload takes no value"):
        parse("app --reload=yes")


@pytest.mark.parametrize("line", ["app;", "app ;", "app; # the shop", "app --name shop;"])
def test_trailing_semicolon_makes_a_line_silent(line: str) -> None:
    assert is_silent(line)
    assert parse(line).expression == "app"
    assert parse(line).options.name in (None, "shop")


@pytest.mark.parametrize("line", ["app", "make(';')", "make('; # no comment')", "app # why;not"])
def test_other_semicolons_do_not(line: str) -> None:
    assert not is_silent(line)


def test_values_are_expanded_before_they_are_converted() -> None:
    values = {"{n}": "shop", "{1 + 1}": "2"}
    arguments = parse("apps[n] --name {n} --timeout '{1 + 1}'", values.__getitem__)
    assert arguments == Arguments("apps[n]", Options("shop", timeout=2))
    assert expression_of("apps[n] --timeout $seconds") == "apps[n]"


@pytest.mark.parametrize("line", ["-h", "--help", "app --help", "app -h", "--help;"])
def test_help_is_the_last_word(line: str) -> None:
    assert asks_for_help(line)
    assert not asks_for_help(f"{line} app")
    assert not asks_for_help(f"{line}er".replace(";", ""))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("app --timeout -1", "A timeout of -1 is invalid"),
        ("app --name -", "'-' is not a valid name"),
    ],
)
def test_value_may_begin_with_a_dash(line: str, sentence: str) -> None:
    with pytest.raises(ServeError, match=sentence):
        parse(line)


def test_timeout_is_in_seconds() -> None:
    assert parse("app --timeout 2.5").options.timeout == 2.5
    with pytest.raises(ServeError, match="--timeout takes seconds, as in --timeout 5, not 'soon'"):
        parse("app --timeout soon")
