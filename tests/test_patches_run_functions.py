"""Functions that would run an app on a port suggest the magic instead."""

from __future__ import annotations

import types

import pytest

from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.patches import PATCHES, run_functions

from .support.scripts import CAUGHT
from .unpatched import complaint, python

RUN = {
    "uvicorn.run()": "import uvicorn; show(uvicorn.run, print)",
    "Server.run()": "import uvicorn; show(uvicorn.Server(uvicorn.Config(print)).run)",
    "app.run()": "import flask; show(flask.Flask('site').run)",
    "run_simple()": "import werkzeug.serving as s; show(s.run_simple, 'localhost', 8000, print)",
    "runserver": "from django.core.management.commands.runserver import Command; "
    "show(Command().handle)",
}


@pytest.mark.parametrize("called", RUN)
def test_function_that_runs_an_app_suggests_the_magic(called: str) -> None:
    assert python(CAUGHT + RUN[called]) == (
        f"ServeError: {called} cannot listen on a port in a browser: "
        "write `%asgi_serve app` instead.\n"
    )


def test_suggestion_has_the_name_of_the_variable() -> None:
    script = """
import types
import flask
import IPython.core.getipython

site = flask.Flask("shop")
shell = types.SimpleNamespace(user_ns={"_": site, "site": site})
IPython.core.getipython.get_ipython = lambda: shell
show(site.run, debug=True)
"""
    assert "write `%asgi_serve site` instead." in python(CAUGHT + script)


def test_suggestion_for_nicegui_creates_an_app() -> None:
    module = types.ModuleType("nicegui.ui_run")
    vars(module).update(run=print)
    run_functions.patch_run(module)
    with pytest.raises(ServeError) as refused:
        module.run(title="Clicks")
    assert str(refused.value) == (
        "ui.run() cannot listen on a port in a browser: "
        "write `app = FastAPI()`, `ui.run_with(app)` and `%asgi_serve app` instead."
    )


def test_each_function_that_runs_an_app_is_patched() -> None:
    function = "run_functions.patch_run"
    patched = {
        patch.module
        for patches in PATCHES.values()
        for patch in patches
        if patch.function == function
    }
    assert patched == set(run_functions.RUNNERS)


def test_uvicorn_fails_without_the_patch() -> None:
    script = """
import uvicorn
async def app(scope, receive, send): ...
async def cell():
    uvicorn.run(app)
run(cell())
"""
    assert "while another loop is running" in complaint(CAUGHT + script)
