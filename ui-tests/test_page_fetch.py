"""``fetch`` and ``XMLHttpRequest`` of an app's pages, which the page script replaces."""

from __future__ import annotations

from typing import Any

from crumbs import run, serve
from lab import Notebook
from playwright.sync_api import Page
from servers import serve_app


async def anywhere(scope: Any, receive: Any, send: Any) -> None:
    """An app of another origin that allows CORS, and returns the names of the headers it got."""
    names = " ".join(sorted(name.decode() for name, _ in scope["headers"]))
    text = f"{scope['method']} {names}".encode()
    headers = [(b"access-control-allow-origin", b"*"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def test_fetch_and_xhr_behave_as_before(notebook: Notebook, tab: Page) -> None:
    tab.goto(serve(notebook, "native"))
    plain = notebook.page  # without the page script
    shape = """
      return [fetch.name, fetch.length, /\\[native code\\]/.test(fetch),
        ...['value', 'writable', 'enumerable', 'configurable']
          .map(key => String(Object.getOwnPropertyDescriptor(window, 'fetch')[key])).slice(1),
        new XMLHttpRequest() instanceof XMLHttpRequest, XMLHttpRequest.DONE,
        new XMLHttpRequest().constructor === XMLHttpRequest,
        await error(fetch()), await error(fetch('http://[')), await error(fetch(Symbol())),
        await error(fetch('echo', 5)), await error(fetch('echo', {headers: null})),
        await error(fetch('echo', {body: 'x'})), await error(fetch.call({}, 'echo')),
        await error(fetch('echo', {signal: AbortSignal.abort()}))];
    """
    assert run(tab, shape) == run(plain, shape)

    assert run(
        tab,
        """
          document.cookie = 'a=1';
          const request = new Request('echo', {headers: {'x-own': '1'}});
          const stream = new ReadableStream({
            start: controller => { controller.enqueue(new Uint8Array(9)); controller.close(); }
          });
          const responses = [
            await fetch(request),
            await fetch('echo', new Request('x', {method: 'POST', body: 'x'})),
            await fetch('echo', Object.freeze({method: 'POST', body: new URLSearchParams('x=1')})),
            await fetch('echo', {method: 'POST', body: stream, duplex: 'half'}),
            await fetch.call(null, new URL('echo', location)),
            await fetch('echo', {mode: 'no-cors'}),
          ];
          const texts = await Promise.all(responses.map(response => response.json()));
          const manual = await fetch('go?to=echo', {redirect: 'manual'});
          return [new Set(texts).size, texts[0], [...request.headers], manual.type];
        """,
    ) == [1, "a=1", [["x-own", "1"]], "opaqueredirect"]

    # Another origin gets no cookies and not our header, directly or by a redirect.
    with serve_app(anywhere) as elsewhere:
        for url in (elsewhere, f"go?to={elsewhere}"):
            answer = run(tab, "return (await fetch(arg)).text()", url)
            assert answer.startswith("GET ")
            assert "jupyterlite" not in answer
            assert "cookie" not in answer
