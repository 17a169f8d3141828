"""Where the magic can be used, and its errors for invalid input."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apps import hello
from lab import Notebook

USAGE = (
    "%asgi_serve EXPR [--name NAME] [--open panel|inline|tab|none] [--timeout SECONDS] "
    "[--startup-timeout SECONDS] [--replace] [--no-inject] [--interface asgi3|asgi2|wsgi] "
    "[--strip-prefix] [--limit-concurrency N] [--limit-headers SIZE] [--limit-body SIZE]"
)

PLACES = {
    "top-level": "%asgi_serve it --name NAME --open none",
    "under-if": "if True:\n    %asgi_serve it --name NAME --open none",
    "options-first": "%asgi_serve --open none --name=NAME it",
    "assigned": "r = %asgi_serve it --name NAME --open none\nassert r.name == 'NAME'",
    "continued": "%asgi_serve it \\\n  --name NAME \\\n  --open none",
    "expanded": "n = 'NAME'\n%asgi_serve it --name {n} --open $place;",
    "commented": "%asgi_serve it --name NAME --open none  # the first one",
    "factory": "def make(app): return app\n%asgi_serve make(it) --name NAME --open none",
    "awaited": "async def make(): return it\n%asgi_serve await make() --name NAME --open none",
    "twice": "%asgi_serve it --name NAME-a --open none\n%asgi_serve it --name NAME --open none",
    "beside-a-string": 'text = """\n%asgi_serve nothing\n"""\n'
    "%asgi_serve it --name NAME --open none",
    "async-function": "async def f(mine):\n    %asgi_serve mine --name NAME --open none\n"
    "await f(it)",
    "plain-function": "def f(mine):\n    %asgi_serve mine --name NAME --open none\nf(it)",
    "after-pip": "%pip install fastapi\n%asgi_serve it --name NAME --open none",
    "cell-magic": "%%capture\n%asgi_serve it --name NAME --open none",
    "timed": "%%time\n%asgi_serve it --name NAME --open none",
    "autoawait-off": "%asgi_serve it --name NAME --open none",
}


@pytest.fixture(autouse=True)
def _autoawait(notebook: Notebook) -> Iterator[None]:
    """Restore a setting of the notebook, in a cell of its own, as it affects later cells."""
    yield
    notebook.run("%autoawait on")


def stop_all_apps(notebook: Notebook) -> None:
    """Stop what other tests serve."""
    notebook.run(
        "from jupyterlite_asgi import servers\nfor server in servers(): await server.stop()"
    )


@pytest.mark.parametrize("place", PLACES)
def test_magic_serves(notebook: Notebook, place: str) -> None:
    notebook.run(hello("it", place))
    if place == "autoawait-off":
        notebook.run("%autoawait off")
    notebook.run("place = 'none'")
    assert notebook.run(PLACES[place].replace("NAME", place)).error == ""
    assert notebook.fetch(f"asgi/{place}/").text == f'"{place}"'
    assert notebook.run(f"%asgi_stop {place}").error == ""
    assert notebook.fetch(f"asgi/{place}/").status == 404


INVALID_INPUT = {
    "%asgi_serve": f"Say which app to serve, as in `%asgi_serve app`; usage: {USAGE}.",
    "%asgi_serve ap": "There is no 'ap' in this notebook: "
    "run the cell that defines it first, or check the spelling.",
    "%asgi_serve 42": "42 is an int, not an ASGI app: "
    "use the variable of an app, such as `app` in `app = FastAPI()`.",
    "from fastapi import FastAPI\n%asgi_serve FastAPI": "FastAPI is the class FastAPI, not an app: "
    "make an instance, for example `app = FastAPI()`, and serve that.",
    "def make(): ...\n%asgi_serve make": "make is the function make() that takes no arguments: "
    "if it returns the app, call it, as in `%asgi_serve make()`.",
    "%asgi_serve print --name a/b": "'a/b' is not a valid name: use up to 64 "
    "letters (A to Z), digits, “-” and “_”, starting with a letter or a digit.",
    "%asgi_serve print --open window": "An app cannot be opened in 'window': "
    "choose one of panel, inline, tab, none.",
    "%asgi_serve print --log 80": f"There is no option --log: {USAGE}.",
    "%asgi_serve print --nmae shop": "There is no option --nmae: did you mean --name?",
    "%asgi_server print": "There is no magic %asgi_server: did you mean %asgi_serve?",
    "%asgi_serve print --limit-body much": "--limit-body takes a number of bytes, "
    "as in --limit-body 10M, not 'much'.",
    "%asgi_serve print --name": f"The option --name needs a value: {USAGE}.",
    "%asgi_serve main:app": "Use the app's variable, as in `%asgi_serve app`, "
    "instead of uvicorn's module:app.",
    "%asgi_serve this that": f"`this that` is not a Python expression: {USAGE}.",
    "%asgi_stop nobody": "No app is served as 'nobody', only somebody.",
}


def test_invalid_input_raises_one_sentence(notebook: Notebook) -> None:
    stop_all_apps(notebook)
    notebook.run(hello("somebody") + "%asgi_serve somebody --open none")
    said = {source: notebook.run(source).error for source in INVALID_INPUT}
    assert said == {source: f"ServeError: {text}" for source, text in INVALID_INPUT.items()}


def test_help_is_printed_and_a_port_is_ignored(notebook: Notebook) -> None:
    assert "usage: %asgi_serve EXPR [OPTIONS]" in notebook.run("%asgi_serve --help").text
    served = notebook.run(hello("shop") + "%asgi_serve shop --open none --port 8000;")
    assert served.text == (
        "--port has no effect: the app is reached by its URL on this site, not by a port.\n"
    )
    assert notebook.fetch("asgi/shop/").text == '"hello"'


def test_traceback_shows_only_the_users_line(notebook: Notebook) -> None:
    error = notebook.run("%asgi_serve 1 / 0").error
    assert "----> 1 %asgi_serve 1 / 0\n\nZeroDivisionError: division by zero" in error
    assert "jupyterlite_asgi" not in error


def test_invalid_input_raises_the_same_without_autoawait(notebook: Notebook) -> None:
    notebook.run("%autoawait off")
    for source in ("%asgi_serve", "%asgi_serve ap", "%asgi_serve 42", "%asgi_serve main:app"):
        assert notebook.run(source).error == f"ServeError: {INVALID_INPUT[source]}"


def test_stop_without_a_name_stops_the_only_app(notebook: Notebook) -> None:
    stop_all_apps(notebook)
    assert notebook.run("%asgi_stop").error == (
        "ServeError: No app is served; start one with `%asgi_serve app`."
    )
    notebook.run(
        hello("one") + hello("two") + "%asgi_serve one --open none\n%asgi_serve two --open none"
    )
    assert notebook.run("%asgi_stop").error == (
        "ServeError: Several apps are served: name the one to stop, out of one, two."
    )
    notebook.run("%asgi_stop two")
    notebook.run("%asgi_stop")
    assert notebook.run("%asgi_list").text == (
        "No app is served; start one with `%asgi_serve app`.\n"
    )


def test_error_inside_the_expression_keeps_its_traceback(notebook: Notebook) -> None:
    error = notebook.run("def broken():\n    return missing\n%asgi_serve broken()").error
    assert "NameError: name 'missing' is not defined" in error
    assert "return missing" in error


def test_timeout_beyond_chromiums_limit_prints_a_notice(
    notebook: Notebook,
) -> None:
    cell = notebook.run(hello("slow") + "%asgi_serve slow --timeout 400 --open none")
    assert cell.text.startswith(
        "Chromium ends a request that has no response after 310 seconds, so"
    )
    assert notebook.fetch("asgi/slow/").text == '"hello"'
