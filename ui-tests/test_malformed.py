"""Responses that violate HTTP or ASGI."""

from __future__ import annotations

import pytest
from lab import Notebook

MALFORMED = """
async def malformed(scope, receive, send):
    assert scope["type"] == "http"
    start = {"type": "http.response.start", "status": 200, "headers": []}
    body = {"type": "http.response.body", "body": b"whole"}
    await send({
        "/status": start | {"status": 999},
        "/header": start | {"headers": [(b"x-a", b"1\\n2")]},
        "/text": start | {"headers": [("x-a", b"1")]},
        "/longer": start | {"headers": [(b"content-length", b"4")]},
        "/shorter": start | {"headers": [(b"content-length", b"6")]},
    }.get(scope["path"].removeprefix(scope["root_path"]), start))
    await send(body)
    await send(body)

server = %asgi_serve malformed --open none
server
"""


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("status", "Expected a status from 200 to 599, but got 999."),
        ("header", "The response header b'x-a' with the value b'1\\n2' is invalid."),
        ("text", "Expected header names and values as bytes, but got str ('x-a')."),
        ("longer", "Response content longer than Content-Length."),
        ("shorter", "Response content shorter than Content-Length."),
    ],
)
def test_malformed_response_is_502_and_logged(notebook: Notebook, path: str, sentence: str) -> None:
    count = notebook.run(MALFORMED).execution_count
    answer = notebook.fetch(f"asgi/malformed/{path}")
    assert answer.status == 502
    place = f"GET {notebook.base}asgi/malformed/{path} got a malformed response in Cell In[{count}]"
    line = f"{place}, line {12 if 'Content-Length' in sentence else 5}: {sentence}"
    assert line in answer.text
    assert notebook.run("print(server.log)").text == f"{line}\n"


def test_message_after_the_end_is_only_logged(notebook: Notebook) -> None:
    notebook.run(MALFORMED)
    answer = notebook.fetch("asgi/malformed/")
    assert (answer.status, answer.text) == (200, "whole")
    assert "sent, after the response was complete." in notebook.run("print(server.log)").text
