"""The app of `echo.py` by the kernel without Python: what the worker passes on is compared."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs

import echo
from asking import Asker

from jupyterlite_asgi.hosts.http import http_scope
from worker.stub import Answer, App


@dataclasses.dataclass(frozen=True)
class AppAsker(Asker):
    """A page that asks an app of the kernel without Python.

    Args:
        page: a tab.
        root: where the app is, with a slash at its end.
        app: the app.
    """

    app: App

    def wait_for(self, *keys: str) -> None:
        """Wait until the app has seen these requests; a number is how often."""
        for key in keys:
            name, _, count = key.partition(" ")
            self.app.wait_until(
                f"requests.filter(({{path}}) => path === '/to/{name}').length >= {count or 1}"
            )

    def asked(self) -> list[dict[str, Any]]:
        """All that it was asked below `to/`, as the scope would be."""
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
    """Let the app answer as that of `echo.py` does, also to what has one of these queries.

    Args:
        asker: whose app it is.
        queries: what is asked for, below the app's root, with its query.
    """
    asker.app.answer_in_turn("/to/*", answer("to/any"))
    for asked in ("page", *queries):
        asker.app.answer_in_turn(f"/{asked}", answer(asked))
    event = Answer("retry: 1\nid: 7\ndata: \n\n", [("content-type", "text/event-stream")])
    asker.app.answer_in_turn("/to/events", event, event, Answer(status=204))


def answer(asked: str) -> Answer:
    """What the app answers to a path and its query."""
    path, _, query = asked.partition("?")
    status, headers, body = echo.answer({"path": path}, parse_qs(query, encoding="latin-1"))
    pairs = [(name.decode(), value.decode("latin-1")) for name, value in headers]
    return Answer(body, pairs, status)
