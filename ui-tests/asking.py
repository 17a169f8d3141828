"""A tab that sends requests to the app of `echo.py`, in a kernel or behind a server."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import echo
from lab import Notebook, wait_until
from playwright.sync_api import Page
from servers import serve_app


@dataclasses.dataclass(frozen=True)
class Asker:
    """A page that sends requests to an app, and the requests that the app has received.

    Args:
        page: a tab.
        root: the app's URL, with a slash at its end.
    """

    page: Page
    root: str

    def wait_for(self, *keys: str) -> None:
        """Wait until the app has received these requests; a number in a key is how often."""
        wait_until(
            self.page,
            """async ([seen, keys]) => {
              const names = (await (await fetch(seen)).json()).map(request => request.key);
              return keys.every(key => {
                const [name, count = 1] = key.split(' ');
                return names.filter(found => found === name).length >= count;
              });
            }""",
            [f"{self.root}seen", list(keys)],
        )

    def leave(self, script: str, key: str) -> None:
        """Make the page navigate, and wait until it has."""
        with self.page.expect_navigation(url=f"**/to/{key}*"):
            self.page.evaluate(script)

    def seen(self) -> dict[str, dict[str, Any]]:
        """The requests received, by name; repeated names get a number."""
        found: dict[str, dict[str, Any]] = {}
        for request in self.asked():
            key, count = request["key"], 2
            while key in found:
                key, count = f"{request['key']} {count}", count + 1
            found[key] = request
        return found

    def asked(self) -> list[dict[str, Any]]:
        """The same requests in order, each with its name as ``key``."""
        url = f"{self.root}seen"
        asked: list[dict[str, Any]] = self.page.evaluate(
            "async url => (await fetch(url)).json()", url
        )
        return asked

    @property
    def origin(self) -> str:
        """Scheme, host and port of the app."""
        return "/".join(self.root.split("/")[:3])


def ask_here(notebook: Notebook, page: Page) -> Asker:
    """Serve the app in the notebook; return a page for it."""
    source = Path(echo.__file__).read_text(encoding="utf-8")
    notebook.run(f"{source}\n%asgi_serve echo --open none")
    return Asker(page, f"{notebook.site}asgi/echo/")


@contextlib.contextmanager
def ask_there(path: str, page: Page) -> Iterator[Asker]:
    """Serve the same app from a server, below ``path``; yield a page for it."""
    echo.SEEN.clear()
    with serve_app(echo.echo) as origin:
        yield Asker(page, f"{origin}{path}")
