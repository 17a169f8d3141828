"""Subresources after a reload: changes show, and cacheable files may be cached."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from worker.stub import HTML, Answer, App, Headers, Kernel

#: Subresources of a page, each containing the number of times that it was requested.
PARTS = {
    "style.css": ("text/css", "body { --style: COUNT }"),
    "script.js": ("text/javascript", "document.body.dataset.script = COUNT"),
    "module.js": ("text/javascript", "document.body.dataset.module = COUNT"),
    "picture.svg": (
        "image/svg+xml",
        "<svg xmlns='http://www.w3.org/2000/svg' width='COUNT' height='9'/>",
    ),
}

PAGE = """<!doctype html><title>Parts</title><body>
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
</script>"""

#: Modified so long ago that browsers would estimate a long lifetime.
OLD = [("last-modified", "Tue, 26 Nov 2024 10:00:00 GMT"), ("etag", '"a"')]


def show(kernel: Kernel, app: App, tab: Page, *age: tuple[str, str]) -> FrameLocator:
    """Show the page, with these extra headers for its subresources."""

    def counted(text: str, headers: Headers) -> list[Answer]:
        return [Answer(text.replace("COUNT", str(times)), headers) for times in (1, 2, 3)]

    app.answer_in_turn("/", *counted(PAGE, [HTML]))
    for name, (kind, text) in PARTS.items():
        app.answer_in_turn(f"/{name}", *counted(text, [("content-type", kind), *OLD, *age]))
    return kernel.show(tab, app.url)


def reload_frame(tab: Page) -> None:
    """Reload the frame, as the panel's button does."""
    tab.evaluate("() => frames.panel.location.reload()")


def test_changes_show_after_a_reload(kernel: Kernel, app: App, tab: Page) -> None:
    counts = show(kernel, app, tab).locator("p")
    expect(counts).to_have_text("page 1, parts 1 1 1 1")
    for times in (2, 3):
        reload_frame(tab)
        expect(counts).to_have_text(f"page {times}, parts {times} {times} {times} {times}")


@pytest.mark.parametrize(
    "age",
    [("cache-control", "max-age=3600"), ("expires", "Fri, 31 Dec 2100 23:59:59 GMT")],
    ids=lambda age: age[0],
)
def test_chromium_caches_files_with_an_explicit_lifetime(
    kernel: Kernel, app: App, tab: Page, engine: str, age: tuple[str, str]
) -> None:
    counts = show(kernel, app, tab, age).locator("p")
    expect(counts).to_have_text("page 1, parts 1 1 1 1")
    reload_frame(tab)
    kept = "1 1 1 1" if engine == "chromium" else "2 2 2 2"
    expect(counts).to_have_text(f"page 2, parts {kept}")
