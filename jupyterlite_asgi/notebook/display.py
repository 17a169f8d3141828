"""Shows servers as cards in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..serving.server import Server


def register(shell: InteractiveShell) -> None:
    """Let ``shell`` show servers as cards, without importing their class."""
    if shell.display_formatter is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        formatter.for_type_by_name("jupyterlite_asgi.serving.server", "Server", card)


def card(server: Server) -> str:
    """Return HTML with the app's name, link and state."""
    import html
    from urllib.parse import urlsplit

    path = urlsplit(server.url).path
    url, name, path = (html.escape(text) for text in (server.url, server.name, path))
    return (
        '<div class="jp-asgi-Card">'
        f'<strong>{name}</strong> <a href="{url}" target="_blank" rel="noopener">{path}</a> '
        f'<span class="jp-asgi-Card-state" data-state="{server.state}">{server.state}</span></div>'
    )
