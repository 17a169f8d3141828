"""The app of `echo.py`, served by the kernel without Python."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs

import echo
from asking import Asker

from jupyterlite_asgi.hosts.scope import http_scope
from worker.stub import Answer, App


@dataclasses.dataclass(frozen=True)
class AppAsker(Asker):
    """A page that sends requests to an app of the kernel without Python.

    Args:
        page: a tab.
        root: the app's URL, with a slash at its end.
        app: the app.
    """

    app: App

    def wait_for(self, *keys: str) -> None:
        """Wait until the app has received these requests; a number in a key is how often."""
        for key in keys:
            name, _, count = key.partition(" ")
            self.app.wait_until(
                f"requests.filter(({{path}}) => path === '/to/{name}').length >= {count or 1}"
            )

    def asked(self) -> list[dict[str, Any]]:
        """The requests received below `to/`, as `echo.py` would record them."""
        echo.SEEN.clear()
        for seen in self.app.requests:
            if seen.path.startswith("/to/"):
                headers = [
                    (name.lower().encode("latin-1"), value.encode("latin-1"))
                    for name, value in seen.headers
                ]
                scope = http_scope(seen.method, seen.url, headers, self.app.root[:-1])
                echo.keep(dict(scope), seen.body.encode("latin-1"))
        return list(echo.SEEN)


def ask_here(asker: AppAsker, *queries: str) -> None:
    """Make the app respond as that of `echo.py` does, including for these queries.

    Args:
        asker: the page with the app.
        queries: paths below the app's root with their queries.
    """
    asker.app.answer_in_turn("/to/*", answer("to/any"))
    for asked in ("page", *queries):
        asker.app.answer_in_turn(f"/{asked}", answer(asked))
    event = Answer("retry: 1\nid: 7\ndata: \n\n", [("content-type", "text/event-stream")])
    asker.app.answer_in_turn("/to/events", event, event, Answer(status=204))


def answer(asked: str) -> Answer:
    """The response of `echo.py` for a path with a query."""
    path, _, query = asked.partition("?")
    status, headers, body = echo.answer({"path": path}, parse_qs(query, encoding="latin-1"))
    pairs = [(name.decode(), value.decode("latin-1")) for name, value in headers]
    return Answer(body, pairs, status)
