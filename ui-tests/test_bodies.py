"""Request bodies: their length, and streaming."""

from __future__ import annotations

import pytest
from lab import Notebook

APP = """
import asyncio

lengths, parts, started = [], [], asyncio.Event()

async def bodies(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"].endswith("/started"):
        await started.wait()
    else:
        lengths.append(dict(scope["headers"]).get(b"content-length"))
        more = True
        while more:
            message = await receive()
            parts.append(len(message["body"]))
            started.set()
            more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(sum(parts)).encode()})

%asgi_serve bodies --open none
"""


def test_body_of_any_size_has_a_length(notebook: Notebook) -> None:
    notebook.run(APP)
    script = """async url => {
      for (const body of [undefined, '', 'x', new Blob([new Uint8Array(20_000_000)])]) {
        await fetch(url, {method: 'POST', body});
      }
    }"""
    notebook.page.evaluate(script, f"{notebook.site}asgi/bodies/")
    assert notebook.value("lengths") == "[b'0', b'0', b'1', b'20000000']"
    assert notebook.value("sum(parts)") == "20000001"


@pytest.mark.only("chromium", "only Chromium streams request bodies")
def test_streaming_body_has_no_length(notebook: Notebook) -> None:
    notebook.run(APP)
    script = """async url => {
      const {readable, writable} = new TransformStream();
      const writer = writable.getWriter();
      const response = fetch(url, {method: 'POST', body: readable, duplex: 'half'});
      await writer.write(new Uint8Array(3));
      await fetch(`${url}started`);
      await writer.write(new Uint8Array(4));
      await writer.close();
      return (await response).text();
    }"""
    assert notebook.page.evaluate(script, f"{notebook.site}asgi/bodies/") == "7"
    assert notebook.value("(lengths, parts[:2])") == "([None], [3, 4])"
