"""The functions that run an app on a server, as in tutorials and READMEs."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import NamedTuple, NoReturn

from ..errors import ServeError
from .around import around


class _Runner(NamedTuple):
    """Such a function: its path in its module, its usual spelling, and which argument is the app.

    ``first`` is code to write before the magic, if the app must be created.
    """

    path: str
    spelling: str
    position: int | None = None
    first: str = ""


#: These functions, by module.
RUNNERS = {
    "bottle": _Runner("run", "bottle.run()", 0),
    "dash.dash": _Runner("Dash.run", "app.run()", 0),
    "django.core.management.commands.runserver": _Runner("Command.handle", "runserver"),
    "flask.app": _Runner("Flask.run", "app.run()", 0),
    "hypercorn.run": _Runner("run", "hypercorn"),
    "microdot.asgi": _Runner("Microdot.run", "app.run()", 0),
    "microdot.wsgi": _Runner("Microdot.run", "app.run()", 0),
    "nicegui.ui_run": _Runner(
        "run", "ui.run()", first="`app = FastAPI()`, `ui.run_with(app)` and "
    ),
    "quart.app": _Runner("Quart.run", "app.run()", 0),
    "sanic.mixins.startup": _Runner("StartupMixin.run", "app.run()", 0),
    "uvicorn.main": _Runner("run", "uvicorn.run()", 0),
    "uvicorn.server": _Runner("Server.run", "Server.run()"),
    "werkzeug.serving": _Runner("run_simple", "run_simple()", 2),
}


def patch_run(module: ModuleType) -> None:
    """Say to use the magic instead. All of them need a port to listen on."""
    runner = RUNNERS[module.__name__]
    around(runner.path)(partial(_refuse, runner))(module)


def _refuse(runner: _Runner, run: object, /, *args: object, **options: object) -> NoReturn:
    app = options.get("app", options.get("application"))
    if runner.position is not None and len(args) > runner.position:
        app = args[runner.position]
    raise ServeError(
        f"{runner.spelling} cannot listen on a port in a browser: "
        f"write {runner.first}`%asgi_serve {_variable_of(app)}` instead."
    )


def _variable_of(app: object) -> str:
    """Return the name of the notebook's variable for ``app``, else ``app``."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    variables = shell.user_ns if shell else {}
    names = (name for name, value in variables.items() if value is app and name[0] != "_")
    return "app" if app is None else next(names, "app")
