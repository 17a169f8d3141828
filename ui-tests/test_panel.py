"""What a panel lets an app do; see also `worker/test_navigation_guard.py`."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import Frame, expect

DOCUMENT = '''
PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>> endobj
trailer <</Size 4/Root 1 0 R>>
%%EOF"""

async def document(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/pdf")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": PDF})

%asgi_serve document
'''


def test_pdf_is_shown_in_the_panel(notebook: Notebook, engine: str) -> None:
    if engine == "firefox":
        notebook.run(DOCUMENT)
        expect(notebook.frame("document").locator("#viewer")).to_be_visible()
    else:
        # Chromium's viewer is a page of an extension.
        with notebook.page.expect_event("framenavigated", _is_extension):
            notebook.run(DOCUMENT)


def _is_extension(frame: Frame) -> bool:
    return frame.url.startswith("chrome-extension://")
