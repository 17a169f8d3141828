"""What a page loads, when it is loaded again: what was changed shows, and what may be kept is."""

from __future__ import annotations

import pytest
from lab import Notebook
from playwright.sync_api import expect

#: A page whose parts are what the app was asked for so many times; all were changed a year ago.
APP = """
from collections import Counter
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PARTS = {
    "style.css": ("text/css", "body {{ --style: {} }}"),
    "script.js": ("text/javascript", "document.body.dataset.script = {}"),
    "module.js": ("text/javascript", "document.body.dataset.module = {}"),
    "picture.svg": (
        "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' width='{}' height='9'/>"
    ),
}
PAGE = '''<!doctype html><title>Parts</title><body>
<link rel=stylesheet href=style.css>
<img src=picture.svg>
<script src=script.js></script>
<script type=module src=module.js></script>
<p>page COUNT, </p>
<script>
addEventListener("load", () => {
  const {dataset} = document.body;
  const style = getComputedStyle(document.body).getPropertyValue("--style");
  const {naturalWidth} = document.querySelector("img");
  const parts = [style, dataset.script, dataset.module, naturalWidth];
  document.querySelector("p").textContent += `parts ${parts.map(Number).join(" ")}`;
});
</script>'''
age = {}
asked = Counter()

async def page(request):
    asked["page"] += 1
    return HTMLResponse(PAGE.replace("COUNT", str(asked["page"])))

async def part(request):
    name = request.path_params["name"]
    asked[name] += 1
    media_type, text = PARTS[name]
    headers = {"last-modified": "Tue, 26 Nov 2024 10:00:00 GMT", "etag": '"a"', **age}
    return Response(text.format(asked[name]), media_type=media_type, headers=headers)

parts = Starlette(routes=[Route("/", page), Route("/{name}", part)])
"""


def test_what_was_changed_shows_when_the_panel_is_loaded_again(notebook: Notebook) -> None:
    assert notebook.run(APP + "%asgi_serve parts").error == ""
    counts = notebook.frame("parts").locator("p")
    expect(counts).to_have_text("page 1, parts 1 1 1 1")
    for times in (2, 3):
        notebook.reload_panel("parts")
        expect(counts).to_have_text(f"page {times}, parts {times} {times} {times} {times}")


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("aged", {"cache-control": "max-age=3600"}),
        ("expiring", {"expires": "Fri, 31 Dec 2100 23:59:59 GMT"}),
    ],
)
def test_chromium_keeps_what_says_how_long_it_may_be_kept(
    notebook: Notebook, engine: str, name: str, age: dict[str, str]
) -> None:
    # Under a name of its own, of which nothing is kept yet.
    source = APP.replace("age = {}", f"age = {age!r}") + f"%asgi_serve parts --name {name}"
    assert notebook.run(source).error == ""
    counts = notebook.frame(name).locator("p")
    expect(counts).to_have_text("page 1, parts 1 1 1 1")
    notebook.reload_panel(name)
    kept = "1 1 1 1" if engine == "chromium" else "2 2 2 2"
    expect(counts).to_have_text(f"page 2, parts {kept}")
