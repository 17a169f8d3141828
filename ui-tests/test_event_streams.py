"""Event streams that break off, and the EventSource that reads them."""

from __future__ import annotations

from lab import SLOW, Notebook

EVENTS = """
import asyncio
runs = 0

async def events(scope, receive, send):
    global runs
    assert scope["type"] == "http"
    runs += 1
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    event = f"retry: 100\\ndata: LABEL {runs}\\n\\n".encode()
    await send({"type": "http.response.body", "body": event, "more_body": True})
    if runs == 1:
        raise OSError("broken")
    await asyncio.Event().wait()

%asgi_serve events --open none
"""

COLLECT = """url => {
  window.collected = [];
  window.source = new EventSource(url);
  source.onmessage = event => collected.push(event.data);
}"""


def test_event_source_reconnects_after_a_broken_stream_and_to_the_next_app(
    notebook: Notebook,
) -> None:
    notebook.run(EVENTS.replace("LABEL", "first"))
    notebook.page.evaluate(COLLECT, f"{notebook.site}asgi/events/")
    notebook.page.wait_for_function("() => collected.length === 2", timeout=SLOW)
    notebook.run(EVENTS.replace("LABEL", "second"))
    notebook.page.wait_for_function("() => collected.length === 4", timeout=SLOW)
    expected = ["first 1", "first 2", "second 1", "second 2"]
    assert notebook.page.evaluate("() => { source.close(); return collected; }") == expected
