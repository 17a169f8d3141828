"""An app that knows nothing of its prefix: what its pages have, and what it was asked for."""

from __future__ import annotations

import json

from lab import Notebook, wait_until

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

async def tell(request):
    return JSONResponse(seen)

{name} = Starlette(routes=[
    Route("/-/seen", tell),
    Route("/{{path:path}}", answer, methods=["GET", "POST"]),
])

%asgi_serve {name} --open none {flags}
"""

_MISSING = """async ([url, wanted]) => {
  const seen = await (await fetch(url)).json();
  return wanted.every(line => seen.includes(line));
}"""


class Unaware:
    """The app, served.

    Args:
        notebook: whose kernel serves it.
        name: its name.
        pages: paths, and what is there; all else is an empty page.
        flags: further options of the magic.
    """

    def __init__(
        self, notebook: Notebook, name: str, pages: dict[str, str], flags: str = ""
    ) -> None:
        self._notebook = notebook
        outputs = notebook.run(_APP.format(name=name, pages=pages, flags=flags))
        assert outputs.error == ""
        #: Where it answers, with a slash at its end.
        self.url = f"{notebook.site}asgi/{name}/"

    def restart(self, **headers: str) -> None:
        """Forget what was asked for; send these headers with pages from now on."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self._notebook.run(f"seen.clear(); headers.clear(); headers.update({fields!r})")

    @property
    def seen(self) -> list[str]:
        """What it was asked for: method, path without the prefix, query and body."""
        lines: list[str] = json.loads(self._notebook.fetch(f"{self._path}-/seen").text)
        return lines

    def wait_for(self, *lines: str) -> None:
        """Wait until it was asked for all of these."""
        try:
            wait_until(self._notebook.page, _MISSING, [f"{self.url}-/seen", lines], 20)
        except Exception as error:
            missing = [line for line in lines if line not in self.seen]
            raise AssertionError(f"never asked for {missing}, but for {self.seen}") from error

    @property
    def _path(self) -> str:
        return self.url.removeprefix(self._notebook.site)
