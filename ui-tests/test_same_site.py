"""The cookies that requests from another site carry (RFC 6265bis, section 5.2)."""

from __future__ import annotations

from urllib.parse import quote

import echo
from asking import ask_here
from lab import Notebook
from playwright.sync_api import Page
from servers import serve_app

COOKIES = ["s=1; SameSite=Strict", "l=1; SameSite=Lax", "n=1; SameSite=None; Secure"]
ALL, LAX, NONE = "s=1; l=1; n=1", "l=1; n=1", "n=1"

#: Navigates by a link or a form.
GO = """([url, method]) => {
  const made = method === 'GET'
    ? Object.assign(document.createElement('a'), {href: url})
    : Object.assign(document.createElement('form'), {action: url, method});
  document.body.append(made);
  method === 'GET' ? made.click() : made.submit();
}"""


#: Navigates a new frame, by its URL or a form.
FRAME = """async ([url, method]) => {
  const frame = document.createElement('iframe');
  frame.name = url;
  document.body.append(frame);
  const loaded = new Promise(resolve => { frame.onload = resolve; });
  if (method === 'GET') {
    frame.src = url;
  } else {
    const form = document.createElement('form');
    Object.assign(form, {action: url, method, target: url});
    document.body.append(form);
    form.submit();
  }
  await loaded;
}"""


def test_request_of_another_site_carries_what_same_site_allows(
    notebook: Notebook, tab: Page
) -> None:
    asker = ask_here(notebook, tab)
    cookies = "&".join(f"cookie={quote(line)}" for line in COOKIES)
    notebook.fetch(f"asgi/echo/login?{cookies}")
    tab.goto(f"{asker.root}to/typed")
    with serve_app(echo.echo) as near:
        # A site is a host, whatever the port; `localhost` is another one.
        far = near.replace("127.0.0.1", "localhost")
        for name, page in {
            "own": f"{asker.root}page",
            "near": f"{near}/page",
            "far": f"{far}/page",
            "hiding": f"{far}/page?head=no-referrer",
        }.items():
            for method in ("GET", "POST"):
                tab.goto(page)
                with tab.expect_navigation(url=f"**/to/{name}-{method}"):
                    tab.evaluate(GO, [f"{asker.root}to/{name}-{method}", method])
        for name, page in {"frame": "page", "hiding-frame": "page?head=no-referrer"}.items():
            tab.goto(asker.root + page)
            for method in ("GET", "POST"):
                tab.evaluate(FRAME, [f"{asker.root}to/{name}-{method}", method])
                asker.wait_for(f"{name}-{method}")
    seen = {
        key: dict(request["headers"]).get("cookie", "") for key, request in asker.seen().items()
    }
    assert seen == {
        "typed": ALL,
        "own-GET": ALL,
        "own-POST": ALL,
        "near-GET": ALL,
        "near-POST": ALL,
        "far-GET": LAX,
        "far-POST": NONE,
        "hiding-GET": LAX,
        "hiding-POST": NONE,
        "frame-GET": ALL,
        "frame-POST": ALL,
        "hiding-frame-GET": LAX,
        "hiding-frame-POST": LAX,
    }
