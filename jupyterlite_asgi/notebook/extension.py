"""Registers the magics and patches when a kernel starts.

The magics' implementation is in ``magic``, which the first cell that uses one imports. The patches
are installed right away, because a notebook may test an app without serving it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.magic import needs_local_scope

from .. import patches
from . import cells, display

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..serving.server import Server
    from .magic import AwaitedMagic, TokensByLine


def register(shell: InteractiveShell) -> None:
    """Register the magics with ``shell``, and the transformer with the Pyodide kernel, once."""
    for function in _MAGICS:
        shell.register_magic_function(function, "line")  # type: ignore[arg-type]
    kernel = getattr(shell, "kernel", None)
    manager = getattr(kernel, "lite_transform_manager", None)
    if manager is not None and Transformer not in manager.token_transformers:
        manager.token_transformers.append(Transformer)
    _suggest_magics(shell)
    shell.events.register("pre_run_cell", cells.begin)
    display.register(shell)
    patches.install()


@needs_local_scope
def asgi_serve(line: str, local_ns: dict[str, Any] | None = None) -> Server | None:
    """Serve an ASGI app.

    %asgi_serve EXPR [--name NAME] [--open panel|inline|tab|none] [--timeout SECONDS]
        [--startup-timeout SECONDS] [--replace] [--no-inject] [--interface asgi3|asgi2|wsgi]
        [--strip-prefix] [--limit-concurrency N] [--limit-headers SIZE] [--limit-body SIZE]

    EXPR is any expression whose value is an app. %asgi_serve --help explains the options.
    """
    from .magic import serve_and_wait

    return serve_and_wait(line, local_ns or {})


def asgi_stop(line: str) -> None:
    """Stop an app: %asgi_stop [NAME]."""
    from .magic import stop_line, wait_for

    wait_for(stop_line(line))


def asgi_list(line: str) -> None:
    """Print name, state and URL of each app that this kernel serves: %asgi_list."""
    from .serve import servers

    line = line.partition("#")[0].strip(" \t;")
    if line in ("-h", "--help"):
        print(inspect.getdoc(asgi_list))
        return
    if line:
        from ..errors import ServeError

        raise ServeError(f"%asgi_list takes no argument, but got {line!r}: write `%asgi_list`.")
    rows = [(server.name, server.state, server.url) for server in servers()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    if not rows:
        print("No app is served; start one with `%asgi_serve app`.")


_MAGICS: tuple[Callable[..., object], ...] = (asgi_serve, asgi_stop, asgi_list)


def _suggest_magics(shell: InteractiveShell) -> None:
    """Make a misspelt magic, such as ``%asgi_server``, say which one may be meant."""
    run: Callable[..., Any] = shell.run_line_magic

    def run_or_suggest(name: str, line: str, _stack_depth: int = 1) -> Any:
        if "asgi" in name and shell.find_line_magic(name) is None:
            from .magic import misspelt

            raise misspelt(name, [function.__name__ for function in _MAGICS])
        return run(name, line, _stack_depth + 1)  # this function adds a frame

    vars(shell)["run_line_magic"] = run_or_suggest


class Transformer:
    """Imports ``magic.AwaitedMagic`` for cells that may need it."""

    @classmethod
    def find(cls, tokens_by_line: TokensByLine) -> AwaitedMagic | None:
        """Return the first of our magics that may become an ``await``, or None."""
        words = (token.string for line in tokens_by_line for token in line)
        if not any(word in ("asgi_serve", "asgi_stop") for word in words):
            return None
        from .magic import AwaitedMagic

        return AwaitedMagic.find(tokens_by_line)
