"""The patches for Falcon.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from .support.scripts import CALL
from .unpatched import complaint, python

FALCON = (
    CALL
    + """
import falcon.asgi

class Plant:
    async def on_get(self, request, response, name):
        response.text = f"{name} {request.path} {request.root_path} {request.relative_uri}"

app = falcon.asgi.App()
app.add_route("/plants/{name}", Plant())

async def main():
    for root in ("/demo/asgi/app", "/d%C3%A9mo/asgi/app", ""):
        status, body = await call(app, "/plants/oak", root)
        assert status == 200, body
        print(body)

run(main())
"""
)


def test_falcon() -> None:
    assert "404 Not Found" in complaint(FALCON)
    below = "oak /plants/oak"
    assert python(FALCON).splitlines() == [
        f"{below} /demo/asgi/app /demo/asgi/app/plants/oak?_facet=kind",
        f"{below} /démo/asgi/app /démo/asgi/app/plants/oak?_facet=kind",
        f"{below}  /plants/oak?_facet=kind",
    ]
