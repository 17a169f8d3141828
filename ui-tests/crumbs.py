"""A page whose scripts and app set and read cookies."""

from __future__ import annotations

from typing import Any

from lab import Notebook
from playwright.sync_api import Page

#: Serves an app that sets the cookies in its query, and returns those that it received.
CRUMBS = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

def crumbs():
    seen = []

    def setting(response, request):
        for line in request.query_params.getlist("line"):
            response.headers.append("set-cookie", line)
        return response

    async def page(request):
        seen.append(request.headers.get("cookie", ""))
        text = "<!doctype html><title>crumbs</title><script>var first = document.cookie</script>"
        return setting(HTMLResponse(text), request)

    async def echo(request):
        return setting(JSONResponse(request.headers.get("cookie", "")), request)

    async def go(request):
        return setting(RedirectResponse(request.query_params["to"], 302), request)

    async def log(request):
        found, seen[:] = seen[:], []
        return JSONResponse(found)

    return Starlette(routes=[
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/go", go),
        Route("/log", log),
        Route("/{path:path}", page, methods=["GET", "POST"]),
    ])
"""

#: What the scripts of the tests share.
SHARED = """
const set = line => `?line=${encodeURIComponent(line)}`;
const echo = async (query = '') => (await fetch('echo' + query)).json();
const log = async () => (await fetch('log')).json();
const has = (cookies, pair) => cookies.split('; ').includes(pair);
const error = async promise => promise.then(() => 'none', error => error.name);
"""


def run(page: Page, script: str, arg: object = None) -> Any:
    """Run the body of an async function in a page."""
    return page.evaluate(f"async arg => {{ {SHARED} {script} }}", arg)


def serve(notebook: Notebook, name: str) -> str:
    """Serve an app under ``name``; return its URL."""
    assert notebook.run(f"{CRUMBS}\n%asgi_serve crumbs() --name {name} --open none").error == ""
    return f"{notebook.site}asgi/{name}/"


def cookie(page: Page) -> str:
    """The cookies that scripts of the page see."""
    text: str = page.evaluate("document.cookie")
    return text
