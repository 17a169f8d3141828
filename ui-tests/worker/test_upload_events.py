"""The events of `XMLHttpRequest.upload`, as from a server (WHATWG XMLHttpRequest)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from servers import serve_app

from jupyterlite_asgi.types import Receive, Scope, Send
from worker.stub import HTML, App

#: Sends a request; returns its events as `type loaded/total`, those of the upload with `up.`.
SEND = """async ([how, url]) => {
  const request = new XMLHttpRequest();
  const seen = [];
  const types = ['loadstart', 'progress', 'load', 'loadend', 'abort', 'error', 'timeout'];
  for (const type of types) {
    const note = ({loaded, total}) => seen.push(`up.${type} ${loaded}/${total}`);
    if (type === 'load' || type === 'progress') {
      request.upload[`on${type}`] = note;
    } else {
      request.upload.addEventListener(type, note);
    }
  }
  request.onreadystatechange = () => {
    if (request.readyState === 2) {
      seen.push('headers');
      if (how === 'abort late') {
        request.abort();
      }
    }
  };
  const bodies = {none: null, text: 'äöü', empty: ''};
  const body = how in bodies ? bodies[how] : new Blob([new Uint8Array(1e6)]);
  request.open('POST', url, how !== 'sync');
  request.timeout = how === 'timeout' ? 200 : 0;
  const over = new Promise(resolve => request.addEventListener('loadend', resolve));
  request.send(body);
  if (how === 'abort') {
    request.abort();
  }
  await (how === 'sync' || over);
  return seen;
}"""


def events(app: App, tab: Page, how: str, path: str = "up") -> list[str]:
    """The events of a request to the app."""
    app.answer("/", "<!doctype html>", [HTML])
    app.answer("/up", "got it")
    app.answer("/slow", [None, "got it"])
    tab.goto(app.url)
    seen: list[str] = tab.evaluate(SEND, [how, path])
    return seen


@pytest.mark.parametrize(("how", "size"), [("blob", 1_000_000), ("text", 6), ("empty", 0)])
def test_upload_reports_its_whole_length_before_the_response(
    app: App, tab: Page, how: str, size: int
) -> None:
    whole = f"{size}/{size}"
    assert events(app, tab, how) == [
        f"up.loadstart 0/{size}",
        f"up.progress {whole}",
        f"up.load {whole}",
        f"up.loadend {whole}",
        "headers",
    ]


def test_request_without_a_body_has_no_upload_events(app: App, tab: Page) -> None:
    assert events(app, tab, "none") == ["headers"]


@pytest.mark.parametrize("how", ["abort", "timeout"])
def test_upload_that_ends_early_reports_only_that(app: App, tab: Page, how: str) -> None:
    assert events(app, tab, how, "slow") == [
        "up.loadstart 0/1000000",
        f"up.{how} 0/0",
        "up.loadend 0/0",
    ]
    app.release()


def test_abort_of_the_response_does_not_concern_the_upload(app: App, tab: Page) -> None:
    assert events(app, tab, "abort late")[-2:] == ["up.loadend 1000000/1000000", "headers"]


UPLOAD = """url => new Promise(resolve => {
  const request = new XMLHttpRequest();
  request.open('POST', url);
  request.onloadend = resolve;
  request.send('text');
})"""


def test_upload_to_another_origin_gets_no_preflight(app: App, tab: Page) -> None:
    """A listener of ours would cause one (WHATWG XMLHttpRequest, `send()`)."""
    methods: list[str] = []

    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        methods.append(scope["method"])
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    app.answer("/", "<!doctype html>", [HTML])
    tab.goto(app.url)
    with serve_app(other) as origin:
        tab.evaluate(UPLOAD, f"{origin}/")
    assert methods == ["POST"]
