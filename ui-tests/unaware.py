"""An app that does not know its prefix: its pages, and the requests that it gets."""

from __future__ import annotations

import json

from lab import Notebook, wait_until

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'

LOADS = {
    "/": """<!doctype html>
<link rel="stylesheet" href="/static/style.css">
<link rel="preload" as="image" href="/img/preloaded.svg">
<script type="importmap">{"imports": {"lib": "/static/lib.js"}}</script>
<script src="/static/classic.js"></script>
<script type="module" src="/static/module.js"></script>
<img src="/img/never.svg" srcset="/img/one.svg 1x, /img/one.svg 2x">
<p style="background: url(/img/inline.svg)" class="styled">text</p>
<video src="/film.webm" poster="/img/poster.svg"></video>
<iframe src="/frame"></iframe>
<script>
new EventSource('/events').onmessage = event => {
  event.target.close();
  window.event = event.data;
};
fetch('/api?q=1').then(response => { window.answered = response.url; });
fetch('/api', {method: 'POST', body: 'posted'});
navigator.sendBeacon('/beacon', 'sent');
const xhr = new XMLHttpRequest();
xhr.open('GET', '/xhr');
xhr.send();
import('/static/dynamic.js');
new Worker('/worker.js');
new Worker('/module-worker.js', {type: 'module'});
new SharedWorker('/shared.js');
</script>""",
    "/static/style.css": """@import "/static/imported.css";
@font-face { font-family: own; src: url(/static/own.woff2) }
.styled { font-family: own; border-image: url("../img/relative.svg") 1; color: rgb(1, 2, 3) }""",
    "/static/imported.css": "body { background: url(/img/root.svg) }",
    "/static/classic.js": "window.classic = true",
    "/static/module.js": "import 'lib'; import './relative.js'; fetch('/from-module')",
    "/static/lib.js": "import '/static/once.js'",
    "/static/relative.js": "import './once.js'",
    "/static/once.js": "window.times = (window.times ?? 0) + 1",
    "/static/dynamic.js": "window.dynamic = true",
    "/worker.js": "importScripts('/static/worker-lib.js'); fetch('/from-worker')",
    "/static/worker-lib.js": "",
    "/module-worker.js": "import '/static/worker-module.js'; fetch('/from-module-worker')",
    "/static/worker-module.js": "",
    "/shared.js": "fetch('/from-shared')",
    "/frame": '<!doctype html><img src="/img/framed.svg">',
} | {
    f"/img/{name}.svg": SVG
    for name in ("preloaded", "one", "inline", "poster", "relative", "root", "framed")
}

EXPECTED = [f"GET {path}" for path in LOADS] + [
    "GET /static/own.woff2",
    "GET /film.webm",
    "GET /events",
    "GET /api q=1",
    "POST /api posted",
    "POST /beacon sent",
    "GET /xhr",
    "GET /from-module",
    "GET /from-worker",
    "GET /from-module-worker",
    "GET /from-shared",
]

_APP = """
import mimetypes
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

pages, seen, headers = {pages!r}, [], {{}}

async def answer(request):
    path = "/" + request.path_params["path"]
    body = (await request.body()).decode().strip()
    seen.append(" ".join(filter(None, [request.method, path, request.url.query, body])))
    kind = mimetypes.guess_type(path)[0] or "text/html"
    if path == "/events":
        return Response("data: an event\\n\\n", media_type="text/event-stream")
    text = pages.get(path, "<!doctype html><title>" + path + "</title>")
    return Response(text, media_type=kind, headers=headers if path in pages else None)

async def list_seen(request):
    return JSONResponse(seen)

{name} = Starlette(routes=[
    Route("/-/seen", list_seen),
    Route("/{{path:path}}", answer, methods=["GET", "POST"]),
])

%asgi_serve {name} --open none {flags}
"""

_ALL_SEEN = """async ([url, wanted]) => {
  const seen = await (await fetch(url)).json();
  return wanted.every(line => seen.includes(line));
}"""


class Unaware:
    """Serves the app.

    Args:
        notebook: the notebook that serves it.
        name: its name.
        pages: contents by path; other paths have an empty page.
        flags: further options of the magic.
    """

    def __init__(
        self, notebook: Notebook, name: str, pages: dict[str, str], flags: str = ""
    ) -> None:
        self._notebook = notebook
        outputs = notebook.run(_APP.format(name=name, pages=pages, flags=flags))
        assert outputs.error == ""
        #: The app's URL, with a slash at its end.
        self.url = f"{notebook.site}asgi/{name}/"

    def restart(self, **headers: str) -> None:
        """Forget past requests; send these headers with pages from now on."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self._notebook.run(f"seen.clear(); headers.clear(); headers.update({fields!r})")

    @property
    def seen(self) -> list[str]:
        """The requests received: method, path without the prefix, query and body."""
        lines: list[str] = json.loads(self._notebook.fetch(f"{self._path}-/seen").text)
        return lines

    def wait_for(self, *lines: str) -> None:
        """Wait for all of these requests."""
        try:
            wait_until(self._notebook.page, _ALL_SEEN, [f"{self.url}-/seen", lines], 20)
        except Exception as error:
            missing = [line for line in lines if line not in self.seen]
            raise AssertionError(f"no request {missing}, only {self.seen}") from error

    @property
    def _path(self) -> str:
        return self.url.removeprefix(self._notebook.site)
