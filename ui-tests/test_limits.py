"""Limits on requests, each at its edge: exactly at it, and one above."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Notebook

APP = """
import asyncio

gate, reached = asyncio.Event(), []

async def limited(scope, receive, send):
    assert scope["type"] == "http"
    reached.append(scope["path"])
    more = True
    while more:
        more = (await receive())["more_body"]
    if scope["path"].endswith("/held"):
        await gate.wait()
    size = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})

%asgi_serve limited --open none
"""

LIMITED = APP + "%asgi_serve limited --open none --limit-body 10 --limit-concurrency 3"

_POST = """async ([url, size]) => {
  const response = await fetch(url, {method: 'POST', body: new Uint8Array(size)});
  return [response.status, await response.text()];
}"""

_STREAM = """async ([url, sizes]) => {
  const body = new ReadableStream({
    pull(controller) {
      const size = sizes.shift();
      size ? controller.enqueue(new Uint8Array(size)) : controller.close();
    }
  });
  const response = await fetch(url, {method: 'POST', body, duplex: 'half'});
  return [response.status, await response.text()];
}"""

#: Sends requests that the app holds; returns the first response, which refuses one.
_CROWD = """async ([url, count]) => {
  window.held = Array.from({length: count}, () => fetch(url));
  const response = await Promise.race(window.held);
  return [response.status, response.headers.get('retry-after'), await response.text()];
}"""

_HELD = "async () => (await Promise.all(window.held)).map(response => response.status).sort()"


def headers_of(notebook: Notebook, size: int) -> tuple[int, str]:
    """The status for a request with that many bytes of headers, and the text."""
    bare = int(notebook.fetch("asgi/limited/", headers={"x-pad": "x"}).text)
    answer = notebook.fetch("asgi/limited/", headers={"x-pad": "x" * (size - bare + 1)})
    return answer.status, answer.text


def test_headers_over_64_kib_get_431(notebook: Notebook) -> None:
    assert notebook.run(APP).error == ""
    assert headers_of(notebook, 64 * 1024) == (200, "65536")
    status, text = headers_of(notebook, 64 * 1024 + 1)
    sentence = (
        f"GET {notebook.base}asgi/limited/ has 65,537 bytes of headers, but at most 65,536 are "
        "allowed: send shorter ones or fewer cookies, or raise --limit-headers."
    )
    assert (status, text.splitlines()[:2]) == (
        431,
        ["The request's headers are too large", sentence],
    )


def test_thousand_requests_at_once_succeed(notebook: Notebook) -> None:
    assert notebook.run(APP).error == ""
    script = """async url => {
      const all = Array.from({length: 1000}, () => fetch(url).then(response => response.status));
      return [...new Set(await Promise.all(all))];
    }"""
    assert notebook.page.evaluate(script, f"{notebook.site}asgi/limited/") == [200]


def test_requests_beyond_those_that_run_and_wait_get_503(notebook: Notebook) -> None:
    assert notebook.run(LIMITED).error == ""
    refused = notebook.page.evaluate(_CROWD, [f"{notebook.site}asgi/limited/held", 7])
    assert refused[:2] == [503, "1"]
    assert "came while 3 requests were running and 3 waiting: try again" in refused[2]
    assert notebook.value("len(reached)") == "3"
    notebook.run("gate.set()")
    assert notebook.page.evaluate(_HELD) == [200] * 6 + [503]
    assert notebook.fetch("asgi/limited/").status == 200


@pytest.mark.parametrize(
    "script", [_POST, pytest.param(_STREAM, marks=pytest.mark.only("chromium", "only it streams"))]
)
def test_larger_bodies_than_allowed_get_413(notebook: Notebook, script: str) -> None:
    assert notebook.run(LIMITED).error == ""

    def status(size: int) -> Any:
        argument: Any = size if script is _POST else [size - 1, 1]
        return notebook.page.evaluate(script, [f"{notebook.site}asgi/limited/", argument])[0]

    assert status(10) == 200
    assert status(11) == 413
    assert status(50_000_000) == 413
    assert status(10) == 200
