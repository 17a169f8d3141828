"""Apps on a cross-origin isolated site, and on one that is not isolated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser, expect
from sites import serve_site

GALLERY = """
async def gallery(scope, receive, send):
    assert scope["type"] == "http"
    kind, body = files[scope["path"].removeprefix(scope["root_path"])]
    headers = [(b"content-type", kind)]
    if kind == b"application/octet-stream":
        headers.append((b"content-disposition", b'attachment; filename="table.bin"'))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

files = {
    "/": (b"text/html", b'''<!doctype html><link rel="stylesheet" href="style.css">
        <p>gallery</p><img src="dot.svg"><script src="script.js"></script>
        <iframe src="inner"></iframe><a href="table">table</a>
        <script src="https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js"></script>
        <link rel="stylesheet" crossorigin
              href="https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css">
        <p class="swagger-ui"><b class="opblock-tag">styled</b></p>'''),
    "/inner": (b"text/html", b"<!doctype html><p>inner</p>"),
    "/style.css": (b"text/css", b"p { color: rgb(1, 2, 3) }"),
    "/dot.svg": (b"image/svg+xml",
                 b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"/>'),
    "/script.js": (b"text/javascript", b'''
        fetch('data').then(r => r.text()).then(text => { document.body.dataset.fetched = text; });
        new Worker('worker.js').onmessage = ({data}) => { document.body.dataset.worker = data; };
    '''),
    "/worker.js": (b"text/javascript", b"postMessage(`${self.crossOriginIsolated}`)"),
    "/data": (b"text/plain", b"data"),
    "/table": (b"application/octet-stream", b"1;2"),
}

%asgi_serve gallery
"""

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

#: Makes the lab use the same kind of kernel as on other sites: on an isolated one, its kernel
#: hangs about every other time on a busy machine (docs/hosting.md).
_USUAL_KERNEL = """if (window === top) {
  Object.defineProperty(window, 'crossOriginIsolated', {value: false});
}"""


@pytest.fixture
def isolated(browser: Browser, setting: tuple[str, str]) -> Iterator[Notebook]:
    """A notebook on an isolated site."""
    with serve_site(setting[1], headers=ISOLATED) as site, guarded(browser) as context:
        page = context.new_page()
        page.add_init_script(_USUAL_KERNEL)
        yield Notebook(page, site)


def test_isolated_site_has_panels_tabs_and_downloads(isolated: Notebook) -> None:
    assert isolated.run(GALLERY).error == ""
    body = isolated.frame("gallery").locator("body")
    assert body.evaluate("() => crossOriginIsolated")
    expect(body.locator("p").first).to_have_css("color", "rgb(1, 2, 3)")
    expect(body.locator("img")).to_have_js_property("naturalWidth", 30)
    expect(body).to_have_attribute("data-fetched", "data")
    expect(body).to_have_attribute("data-worker", "true")
    expect(body.frame_locator("iframe").locator("p")).to_have_text("inner")
    # From another origin, but bundled with the site.
    expect(body.locator(".opblock-tag")).to_have_css("cursor", "pointer")
    assert body.evaluate("() => typeof Redoc.init") == "function"
    with isolated.page.expect_download() as download:
        body.get_by_role("link", name="table").click()
    assert download.value.suggested_filename == "table.bin"
    assert Path(download.value.path()).read_bytes() == b"1;2"

    tab = isolated.page.context.new_page()
    tab.goto(f"{isolated.site}asgi/gallery/")
    assert tab.evaluate("() => crossOriginIsolated")
    expect(tab.locator("body")).to_have_attribute("data-worker", "true")


def test_other_sites_get_no_isolation_headers(notebook: Notebook) -> None:
    notebook.run(GALLERY)
    tab = notebook.page.context.new_page()
    for path in ("asgi/gallery/", "asgi/"):
        response = tab.goto(notebook.site + path)
        assert response is not None
        assert not [name for name in response.headers if name.startswith("cross-origin-")]
    assert not tab.evaluate("() => crossOriginIsolated")
    tab.close()
