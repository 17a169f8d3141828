"""Responses: content codings, caching, statuses without content, non-ASCII headers."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from lab import Notebook
from playwright.sync_api import Page, expect
from servers import serve_app

from jupyterlite_asgi.types import Receive, Scope, Send

CODED = """
import asyncio, gzip, zlib
from compression import zstd
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
coded = FastAPI()
seen, hits, go_on, gone = [], [], asyncio.Event(), asyncio.Event()

def raw(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()

CODINGS = {
    "gzip": gzip.compress, "deflate": zlib.compress, "raw": raw,
    "twice": lambda data: gzip.compress(zlib.compress(data)),
    "members": lambda data: gzip.compress(data) + gzip.compress(data),
    "trailing": lambda data: gzip.compress(data) + b"trailing",
    "zlib-trailing": lambda data: zlib.compress(data) + b"trailing",
    "frames": lambda data: zstd.compress(data[:9]) + zstd.compress(data[9:]),
    "truncated": lambda data: gzip.compress(data)[:-1],
    "corrupt": lambda data: data, "br": lambda data: data, "zstd": zstd.compress,
}
NAMES = {"raw": "deflate", "twice": "deflate, gzip"}
NAMES |= dict.fromkeys(["members", "trailing", "truncated", "corrupt"], "gzip")
NAMES |= {"zlib-trailing": "deflate", "frames": "zstd"}

@coded.api_route("/body/{how}", methods=["GET", "HEAD"])
def body(how: str):
    packed = CODINGS[how]("<!doctype html><p>Bücher</p>".encode())
    return HTMLResponse(packed, headers={"content-encoding": NAMES.get(how, how)})

@coded.get("/cut")
async def cut():
    async def parts():
        packer = zlib.compressobj(wbits=31)
        yield packer.compress(b"hello") + packer.flush(zlib.Z_SYNC_FLUSH)
    return StreamingResponse(parts(), headers={"content-encoding": "gzip"})

@coded.get("/events")
async def events():
    async def parts():
        packer = zlib.compressobj(wbits=31)
        try:
            for number in (1, 2):
                packed = packer.compress(b"data: %d\\n\\n" % number)
                yield packed + packer.flush(zlib.Z_SYNC_FLUSH)
                await go_on.wait()
            await asyncio.Event().wait()
        finally:
            gone.set()
    headers = {"content-encoding": "gzip"}
    return StreamingResponse(parts(), media_type="text/event-stream", headers=headers)

@coded.post("/go-on")
async def release():
    go_on.set()

@coded.get("/etag")
def etag(request: Request):
    seen.append(request.headers.get("if-none-match"))
    headers = {"etag": '"1"', "cache-control": "max-age=600"}
    if seen[-1] == '"1"':
        return Response(status_code=304, headers=headers)
    return HTMLResponse(f"answer {len(seen)}", headers=headers)

@coded.get("/status/{status}")
def status(status: int):
    hits.append(status)
    return Response(status_code=status)

@coded.get("/hits")
def asked():
    return hits

@coded.get("/page")
def page():
    return HTMLResponse("<p>page</p>" + "".join(
        f'<a href="status/{status}">{status}</a>' for status in (204, 205)))

@coded.get("/bytes")
def bytes_():
    response = Response()
    response.raw_headers += [(b"x-latin", b"caf\\xe9"), (b"x-utf8", "é".encode())]
    return response

%asgi_serve coded --open none
"""

LOG = """
from jupyterlite_asgi import servers
print(*(server.log for server in servers() if server.name == "coded"))
"""

_LISTEN = """async app => {
  const source = new EventSource(`${app}events`);
  const next = () => new Promise((resolve, reject) => {
    source.onmessage = event => resolve(event.data);
    source.onerror = () => reject(new Error('the stream broke off'));
  });
  const first = await next();
  const second = next();
  await fetch(`${app}go-on`, {method: 'POST'});
  const events = [first, await second];
  source.close();
  return events;
}"""

#: Clicks links in a frame; in a tab, Playwright would wait for navigations that never finish.
_STAY = """async app => {
  const frame = document.createElement('iframe');
  frame.src = `${app}page`;
  await new Promise(resolve => {
    frame.onload = resolve;
    document.body.append(frame);
  });
  const view = frame.contentWindow;
  view.here = true;
  const links = [...view.document.links];
  for (const [index, link] of links.entries()) {
    link.click();
    while ((await (await fetch(`${app}hits`)).json()).length <= index) {
      await new Promise(requestAnimationFrame);
    }
  }
  const left = [frame.contentWindow.location.href, frame.contentWindow.here];
  frame.remove();
  return left;
}"""


@pytest.fixture(scope="module")
def app(notebook: Notebook) -> str:
    """The URL of the app."""
    assert notebook.run(CODED).error == ""
    return f"{notebook.site}asgi/coded/"


@pytest.fixture
def tab(notebook: Notebook, app: str) -> Iterator[Page]:
    """Another tab of the notebook's browser."""
    page = notebook.page.context.new_page()
    yield page
    page.close()


#: Browsers read one member of gzip and zlib, ignore the rest, and read all frames of Zstandard.
DECODED = ["gzip", "deflate", "raw", "twice", "zstd", "frames"]
DECODED += ["members", "trailing", "zlib-trailing"]


@pytest.mark.parametrize("how", DECODED)
def test_known_codings_are_decoded(notebook: Notebook, tab: Page, app: str, how: str) -> None:
    tab.goto(f"{app}body/{how}")
    expect(tab.locator("p")).to_have_text("Bücher")
    answer = notebook.fetch(f"asgi/coded/body/{how}")
    assert (answer.status, answer.text) == (200, "<!doctype html><p>Bücher</p>")
    assert "content-encoding" not in answer.headers
    assert "content-length" not in answer.headers
    # As with a server, a HEAD response keeps the coding.
    answer = notebook.fetch(f"asgi/coded/body/{how}", method="HEAD")
    assert (answer.status, answer.text) == (200, "")
    assert "content-encoding" in answer.headers


async def trailing(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what browsers ignore after a body that is compressed as the path says."""
    pack: Callable[[bytes], bytes]
    pack = gzip.compress if scope["path"] == "/gzip" else zlib.compress
    headers = [
        (b"access-control-allow-origin", b"*"),
        (b"content-encoding", scope["path"][1:].encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number, part in enumerate([pack(b"one"), pack(b"two"), b"rest"]):
        await send({"type": "http.response.body", "body": part, "more_body": number < 2})


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_browser_ignores_the_same_from_a_server(notebook: Notebook, coding: str) -> None:
    with serve_app(trailing) as origin:
        script = "async url => (await fetch(url)).text()"
        assert notebook.page.evaluate(script, f"{origin}/{coding}") == "one"


def test_unsupported_coding_is_502(notebook: Notebook, tab: Page, app: str) -> None:
    tab.goto(f"{app}body/br")
    expect(tab.locator("h1")).to_have_text("The app sent a body that cannot be decoded")
    expect(tab.locator("p")).to_contain_text("It is compressed with br, ")
    answer = notebook.fetch("asgi/coded/body/br")
    assert answer.status == 502
    assert "It is compressed with br, " in answer.text


def test_corrupt_and_truncated_bodies_are_errors(notebook: Notebook, app: str) -> None:
    for how, sentence in (
        ("corrupt", "It is not in gzip, although"),
        ("truncated", "It is truncated gzip data"),
    ):
        answer = notebook.fetch(f"asgi/coded/body/{how}")
        assert (answer.status, sentence in answer.text) == (502, True)
    script = "async url => (await fetch(url)).text().catch(error => error.name)"
    assert notebook.page.evaluate(script, f"{app}cut") in ("TypeError", "AbortError")
    log = notebook.run(LOG).text
    assert "asgi/coded/cut got a body that cannot be decoded. It is truncated gzip data" in log


def test_compressed_events_arrive_one_by_one(notebook: Notebook, app: str) -> None:
    assert notebook.page.evaluate(_LISTEN, app) == ["1", "2"]
    # The page has closed the source, which the app notices.
    assert notebook.run("await asyncio.wait_for(gone.wait(), 30)").error == ""


def test_navigations_reach_the_app_and_scripts_can_revalidate(
    notebook: Notebook, tab: Page, app: str
) -> None:
    for number in (1, 2):
        tab.goto(f"{app}etag")
        expect(tab.locator("body")).to_have_text(f"answer {number}")
    tab.reload()
    expect(tab.locator("body")).to_have_text("answer 3")
    assert notebook.fetch("asgi/coded/etag", cache="force-cache").text == "answer 4"
    answer = notebook.fetch("asgi/coded/etag", headers={"If-None-Match": '"1"'})
    assert (answer.status, answer.headers["etag"], answer.text) == (304, '"1"', "")
    assert notebook.value("seen") == "[None, None, None, None, '\"1\"']"


def test_response_without_content_keeps_the_page(notebook: Notebook, app: str) -> None:
    assert notebook.page.evaluate(_STAY, app) == [f"{app}page", True]
    for status in (204, 205):
        answer = notebook.fetch(f"asgi/coded/status/{status}")
        assert (answer.status, answer.text) == (status, "")
    assert notebook.fetch("asgi/coded/hits").text == "[204,205,204,205]"


def test_non_ascii_header_bytes_reach_a_script(notebook: Notebook, app: str, engine: str) -> None:
    headers = notebook.fetch("asgi/coded/bytes").headers
    # One character for each byte (WHATWG Fetch); Chromium encodes values that are not UTF-8.
    assert headers["x-utf8"] == "é".encode().decode("latin-1")
    assert headers["x-latin"] == ("cafÃ©" if engine == "chromium" else "caf\xe9")
