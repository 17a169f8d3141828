"""What every kernel of a site runs when it starts: make the magics known, and no more.

What they do is in ``magic``, which is imported by the first cell that uses one. The patches are
installed too, for a notebook may test an app that it does not serve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import needs_local_scope

from .. import patches
from . import display

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..serving.server import Server
    from .magic import AwaitedMagic, TokensByLine


def register(shell: InteractiveShell) -> None:
    """Give ``shell`` the magics, and the Pyodide kernel the transformer; repeatable."""
    for function in (asgi_serve, asgi_stop, asgi_list):
        shell.register_magic_function(function, "line")  # type: ignore[arg-type]
    kernel = getattr(shell, "kernel", None)
    manager = getattr(kernel, "lite_transform_manager", None)
    if manager is not None and Transformer not in manager.token_transformers:
        manager.token_transformers.append(Transformer)
    display.register(shell)
    patches.install()


@needs_local_scope
def asgi_serve(line: str, local_ns: dict[str, Any] | None = None) -> Server:
    """Serve an ASGI app.

    %asgi_serve EXPR [--name NAME] [--open panel|inline|tab|none] [--timeout SECONDS]
        [--replace] [--no-inject]

    EXPR is any expression that gives an app. NAME is its part of the URL, by default the name of
    its variable. The app is shown in a ``panel`` beside the notebook (the default), ``inline``
    below the cell, in a browser ``tab``, or nowhere (``none``). A response that has not begun after
    60 SECONDS is given up. A name that another notebook serves is left to it, unless --replace
    takes it over. With --no-inject the app's HTML is sent unmodified.
    """
    from .magic import serve_and_wait

    return serve_and_wait(line, local_ns or {})


def asgi_stop(line: str) -> None:
    """Stop an app that is served: %asgi_stop [NAME]."""
    from .magic import stop_and_wait

    stop_and_wait(line)


def asgi_list(line: str) -> None:
    """Print name, state and URL of each app that this kernel serves: %asgi_list."""
    from .magic import print_servers

    print_servers()


class Transformer:
    """Looks out for cells that concern ``magic.AwaitedMagic``."""

    @classmethod
    def find(cls, tokens_by_line: TokensByLine) -> AwaitedMagic | None:
        """The first of our magics that may become an ``await``, or None."""
        words = (token.string for line in tokens_by_line for token in line)
        if not any(word in ("asgi_serve", "asgi_stop") for word in words):
            return None
        from .magic import AwaitedMagic

        return AwaitedMagic.find(tokens_by_line)
