"""Cookies as the scripts of an app's pages read, write and watch them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Notebook, wait_until
from playwright.sync_api import Page, expect

#: Serves an app that sets the cookies which it is asked for, and says which it got.
CRUMBS = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

_seen = []

def _setting(request, response):
    for line in request.query_params.getlist("line"):
        response.headers.append("set-cookie", line)
    return response

async def _page(request):
    _seen.append(request.headers.get("cookie", ""))
    text = "<!doctype html><title>crumbs</title><script>var first = document.cookie</script><p>crumbs"
    return _setting(request, HTMLResponse(text))

async def _echo(request):
    return _setting(request, JSONResponse(request.headers.get("cookie", "")))

async def _go(request):
    return _setting(request, RedirectResponse(request.query_params["to"], 302))

async def _image(request):
    _seen.append(request.headers.get("cookie", ""))
    return _setting(request, Response('<svg xmlns="http://www.w3.org/2000/svg"/>', media_type="image/svg+xml"))

async def _log(request):
    found, _seen[:] = _seen[:], []
    return JSONResponse(found)

{name} = Starlette(routes=[
    Route("/echo", _echo, methods=["GET", "POST"]),
    Route("/go", _go),
    Route("/image", _image),
    Route("/log", _log),
    Route("/{{path:path}}", _page, methods=["GET", "POST"]),
])

%asgi_serve {name} --open none
"""

#: Times that a thing is done which might be lost.
TIMES = 200

#: Functions that the tests' scripts share.
COMMON = """
const set = line => `?line=${encodeURIComponent(line)}`;
const echo = async (query = '', init) => (await fetch('echo' + query, init)).json();
const count = async (times, lost) => {
  let losses = 0;
  for (let i = 0; i < times; i++) { losses += await lost(i) ? 1 : 0; }
  return losses;
};
const has = (cookies, pair) => cookies.split('; ').includes(pair);
const sent = (xhr, method, url, async) => new Promise((resolve, reject) => {
  xhr.onload = resolve; xhr.onerror = reject;
  xhr.open(method, url, async); xhr.send();
});
"""


def run(page: Page, script: str, arg: object = None) -> object:
    """Run the body of an async function in the page, which has what is COMMON."""
    return page.evaluate(f"async arg => {{ {COMMON} {script} }}", arg)


@pytest.fixture
def crumbs(notebook: Notebook, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab with a page of an app of the test's own."""
    name = "c" + str(abs(hash(request.node.name)) % 10_000)
    assert notebook.run(CRUMBS.format(name=name)).error == ""
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/{name}/")
    yield tab
    tab.close()


def test_script_sees_what_a_response_set_and_the_app_what_a_script_wrote(crumbs: Page) -> None:
    assert run(
        crumbs,
        """
      return {
        fetched: await count(arg, async i => {
          await fetch('echo' + set(`f=${i}; Path=/`));
          return !has(document.cookie, `f=${i}`);
        }),
        written: await count(arg, async i => {
          document.cookie = `w=${i}`;
          return !has(document.cookie, `w=${i}`) || !has(await echo(), `w=${i}`);
        }),
        headersReceived: await count(arg, i => new Promise(resolve => {
          const xhr = new XMLHttpRequest();
          xhr.onreadystatechange = () => {
            if (xhr.readyState === 2) { resolve(!has(document.cookie, `x=${i}`)); }
          };
          xhr.open('GET', 'echo' + set(`x=${i}; Path=/`));
          xhr.send();
        })),
        synchronous: await count(20, async i => {
          const xhr = new XMLHttpRequest();
          document.cookie = `v=${i}`;
          xhr.open('GET', 'echo' + set(`s=${i}; Path=/`), false);
          xhr.send();
          return !has(document.cookie, `s=${i}`) || !has(JSON.parse(xhr.responseText), `v=${i}`);
        }),
        image: await count(arg, async i => {
          const image = new Image();
          document.cookie = `i=${i}`;
          image.src = 'image?' + i;
          await image.decode().catch(() => undefined);
          const [cookies] = await (await fetch('log')).json();
          return !has(cookies, `i=${i}`);
        }),
        frame: await count(arg / 10, async i => {
          const frame = document.createElement('iframe');
          document.cookie = `n=${i}`;
          frame.src = 'inner' + set(`r=${i}; Path=/`);
          document.body.append(frame);
          await new Promise(resolve => frame.onload = resolve);
          const [cookies] = await (await fetch('log')).json();
          const first = frame.contentWindow.first;
          frame.remove();
          return !has(cookies, `n=${i}`) || !has(first, `r=${i}`) || !has(document.cookie, `r=${i}`);
        })
      };
    """,
        TIMES,
    ) == dict.fromkeys(
        ["fetched", "written", "headersReceived", "synchronous", "image", "frame"], 0
    )
