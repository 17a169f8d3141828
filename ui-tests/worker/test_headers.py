"""The request headers that an app gets, compared with those that a real server gets."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from asking import Asker, ask_there
from playwright.sync_api import FilePayload, Page

from worker.asking import AppAsker, ask_here
from worker.stub import App

DOCS = Path(__file__).parents[2] / "docs" / "http-headers.md"


@dataclasses.dataclass(frozen=True)
class Difference:
    """A row of the table in the documentation, and the requests here to which it applies."""

    header: str
    when: str
    server: str
    here: str
    keys: str = ".*"
    engine: str = ""

    def explains(self, engine: str, header: str, key: str, values: tuple[str, str]) -> bool:
        """Whether this row explains the values of a header in a request, the server's first."""
        return (
            self.engine in ("", engine)
            and header == self.header
            and re.fullmatch(self.keys, key) is not None
            and values == (self.server, self.here)
        )


#: The value of `accept-encoding` for a server.
CODINGS = "gzip, deflate, br, zstd"

DIFFERENCES = [
    Difference("accept-encoding", "always", CODINGS, "identity"),
    Difference("connection", "always", "keep-alive", ""),
    Difference("sec-fetch-user", "a navigation by the user", "?1", ""),
    Difference("priority", "in Firefox", "u=\u2026", "", engine="firefox"),
    Difference(
        "sec-fetch-site",
        "a tab's navigation without a referrer, in Chromium",
        "same-origin",
        "cross-site",
        r"hidden|no-referrer-(meta|head)-(link|post)",
        "chromium",
    ),
    Difference(
        "sec-fetch-site",
        "a tab's navigation from a page without a referrer, in Firefox",
        "same-origin",
        "cross-site",
        r"no-referrer-(meta|head)-(link|post)",
        "firefox",
    ),
    Difference(
        "sec-fetch-site",
        "a link with `rel=noreferrer`, in Firefox",
        "same-origin",
        "none",
        "hidden",
        "firefox",
    ),
    Difference(
        "origin",
        "a `no-cors` POST without a referrer, in Chromium",
        "ORIGIN",
        "null",
        "no-cors-hidden",
        "chromium",
    ),
    Difference(
        "cache-control", "a page is reloaded, in Firefox", "", "max-age=0", "typed 2", "firefox"
    ),
    Difference(
        "last-event-id",
        "an `EventSource` reconnects, in Chromium",
        "7",
        "",
        "events [23]",
        "chromium",
    ),
]

#: A script's requests: the options of `fetch`, by name.
FETCHES: dict[str, dict[str, Any]] = {
    "plain": {},
    "head": {"method": "HEAD"},
    "delete": {"method": "DELETE"},
    "empty": {"method": "POST"},
    "json": {"method": "POST", "body": "{}", "headers": {"Content-Type": "application/json"}},
    "put": {"method": "PUT", "body": "\u00e4"},
    "custom": {"headers": {"Accept": "a/b", "Accept-Language": "de", "X-Test": "1, 2"}},
    "conditional": {"headers": {"If-None-Match": '"1"'}},
    "range": {"headers": {"Range": "bytes=0-9"}},
    "login": {"headers": {"Authorization": "Basic YTpi"}},
    "no-cors": {"mode": "no-cors"},
    "same-origin": {"mode": "same-origin"},
    "no-cors-post": {"mode": "no-cors", "method": "POST", "body": "a"},
    "no-cors-hidden": {
        "mode": "no-cors",
        "method": "POST",
        "body": "a",
        "referrerPolicy": "no-referrer",
    },
    "hidden-post": {"method": "POST", "body": "a", "referrerPolicy": "no-referrer"},
    "only-origin": {"referrerPolicy": "origin"},
    "only-same-origin": {"referrerPolicy": "same-origin"},
    "elsewhere": {"referrer": "/a/b?c#d"},
    "nowhere": {"referrer": ""},
    "no-store": {"cache": "no-store"},
    "reload": {"cache": "reload"},
    "no-cache": {"cache": "no-cache"},
    "force-cache": {"cache": "force-cache"},
}

#: Makes these requests, and others of elements and APIs, each with its name in the URL.
SCRIPT = """async fetches => {
  const to = name => new URL(`to/${name}`, location.href).href;
  for (const [name, init] of Object.entries(fetches)) {
    await fetch(to(name), init);
  }
  const form = new FormData();
  form.append('a', '1');
  form.append('f', new File(['abc'], 'a.txt'));
  const bodies = {
    blob: new Blob(['abc'], {type: 'image/png'}), form, bytes: new Uint8Array(100_000),
    urlencoded: new URLSearchParams({a: '1'})
  };
  for (const [name, body] of Object.entries(bodies)) {
    await fetch(to(name), {method: 'POST', body});
  }
  for (const method of ['GET', 'POST']) {
    const xhr = new XMLHttpRequest();
    xhr.open(method, to(`xhr-${method}`));
    xhr.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
    await new Promise(resolve => {
      xhr.onloadend = resolve;
      xhr.send(method === 'POST' ? 'a' : null);
    });
  }
  const add = (name, tag, properties, how = 'src') => {
    const element = document.createElement(tag);
    document.body.append(Object.assign(element, properties, {[how]: to(name)}));
  };
  add('image', 'img', {});
  add('image-cors', 'img', {crossOrigin: 'anonymous'});
  add('image-hidden', 'img', {referrerPolicy: 'no-referrer'});
  add('script', 'script', {});
  add('module', 'script', {type: 'module'});
  add('style', 'link', {rel: 'stylesheet'}, 'href');
  add('video', 'video', {});
  add('frame', 'iframe', {});
  navigator.sendBeacon(to('beacon'), 'a');
  new FontFace('a', `url(${to('font')})`).load().catch(() => undefined);
  window.busy = [new EventSource(to('events')), new Worker(to('worker'))];
}"""

IN_A_PAGE = [
    *FETCHES,
    "blob",
    "form",
    "bytes",
    "urlencoded",
    "xhr-GET",
    "xhr-POST",
    "image",
    "image-cors",
    "image-hidden",
    "script",
    "module",
    "style",
    "video",
    "frame",
    "beacon",
    "font",
    "events 3",
    "worker",
]

#: Referrer policies, and whether they are set by a header or an element.
PAGES = [
    (policy, how) for policy in ("no-referrer", "origin", "same-origin") for how in ("meta", "head")
]

POLICY_SCRIPT = """async to => {
  await fetch(`to/${to}get`);
  await fetch(`to/${to}fetch`, {method: 'POST', body: 'a'});
  document.getElementById('post').target = 'inner';
  document.getElementById('post').action += 'ed-to-frame';
  document.getElementById('post').submit();
}"""


FILE: FilePayload = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"}


def ask(asker: Asker) -> dict[str, dict[str, Any]]:
    """Make all requests; return those that the app received."""
    page, root = asker.page, asker.root
    page.goto(f"{root}to/typed")
    page.reload()
    page.goto(f"{root}page")
    page.evaluate(SCRIPT, FETCHES)
    asker.wait_for(*IN_A_PAGE)
    page.evaluate("() => window.busy.map(it => (it.close ?? it.terminate).call(it))")
    page.evaluate("() => document.getElementById('framed').click()")
    asker.wait_for("framed")
    for name in ("link", "hidden"):
        page.goto(f"{root}page")
        asker.leave(f"() => document.getElementById('{name}').click()", name)
    for name in ("get", "post", "upload"):
        page.goto(f"{root}page")
        page.set_input_files("input[type=file]", FILE)
        asker.leave(f"() => document.getElementById('{name}').submit()", name)
    for policy, how in PAGES:
        to = f"{policy}-{how}-"
        page.goto(f"{root}page?{how}={policy}&to={to}")
        page.evaluate(POLICY_SCRIPT, to)
        asker.wait_for(f"{to}posted-to-frame")
        asker.leave("() => document.getElementById('link').click()", f"{to}link")
        page.goto(f"{root}page?{how}={policy}&to={to}")
        asker.leave("() => document.getElementById('post').submit()", f"{to}post")
    return asker.seen()


def compared(request: dict[str, Any], origin: str) -> dict[str, str]:
    """The headers of a request, normalized for comparison."""
    headers = {name: value for name, value in request["headers"] if name != "cookie"}
    assert len(headers) == len(request["headers"])
    assert headers.pop("host") == origin.partition("//")[2]
    length = headers.pop("content-length", None)
    assert length is None or int(length) == len(request["body"])
    headers["content-length"] = "none" if length is None else "its own"
    if headers.get("content-type", "").startswith("multipart/"):
        headers["content-type"], _, boundary = headers["content-type"].partition("=")
        assert request["body"].startswith(f"--{boundary}\r\n")
    if "priority" in headers:
        headers["priority"] = "u=\u2026"
    return {name: value.replace(origin, "ORIGIN") for name, value in headers.items()}


def table() -> list[tuple[str, ...]]:
    """The rows of the table in the documentation, without the reasons."""
    _, _, text = DOCS.read_text(encoding="utf-8").partition("## Headers that differ")
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in row[:-1]) for row in rows]


def test_documentation_lists_all_differences() -> None:
    def cell(value: str) -> str:
        return {"": "none", "ORIGIN": "the page's origin"}.get(value, f"`{value}`")

    expected = [
        (f"`{row.header}`", row.when, cell(row.server), cell(row.here)) for row in DIFFERENCES
    ]
    assert table() == expected


def test_headers_are_the_same_as_for_a_server(app: App, tab: Page, engine: str) -> None:
    asker = AppAsker(tab, app.url, app)
    ask_here(asker, *(f"page?{how}={policy}&to={policy}-{how}-" for policy, how in PAGES))
    here = ask(asker)
    with ask_there(app.root, tab) as other:
        there = ask(other)
    assert sorted(here) == sorted(there)
    unexplained, used = [], set()
    for key, request in there.items():
        assert request["method"] == here[key]["method"]
        theirs = compared(request, other.origin)
        ours = compared(here[key], asker.origin)
        for header in sorted(theirs.keys() | ours.keys()):
            values = (theirs.get(header, ""), ours.get(header, ""))
            reasons = [row for row in DIFFERENCES if row.explains(engine, header, key, values)]
            used.update(reasons)
            if values[0] != values[1] and not reasons:
                unexplained.append((key, header, *values))
    assert unexplained == []
    assert used == {row for row in DIFFERENCES if row.engine in ("", engine)}
