"""The recipes and claims of docs/hosting.md, tested with the text of the page."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps import plain
from conftest import guarded
from lab import SLOW, Notebook
from playwright.sync_api import Browser, Page, expect
from sites import SITE, serve_site

from jupyterlite_asgi import __version__

PAGE = Path(__file__).parent.parent / "docs" / "hosting.md"

#: The parts of nginx's configuration around that of a site.
_NGINX = """
daemon off;
user root; # can read the checkout; nginx ignores this if it is not started as root
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""

_VERSION = """async url => {
  const response = await fetch(url);
  return response.ok ? (await response.json()).version : null;
}"""

_COUNT_WORKERS = """
window.workers = 0;
navigator.serviceWorker?.addEventListener('controllerchange', () => { window.workers++; });
"""

_ADD_FRAME = """url => {
  const frame = document.createElement('iframe');
  frame.src = url;
  document.body.append(frame);
}"""


def recipe(language: str, containing: str) -> str:
    """The only code block of the page in that language that contains ``containing``."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (block,) = [block for block in blocks if containing in block]
    return str(block)


def headers_for_all(text: str) -> dict[str, str]:
    """The headers that a file ``_headers`` sets for every path."""
    pattern, *lines = text.splitlines()
    assert pattern == "/*"
    return dict(line.strip().split(": ") for line in lines)


@pytest.fixture
def nginx(setting: tuple[str, str], tmp_path: Path) -> Iterator[str]:
    """The URL of the site, served by nginx with the page's configuration."""
    program = os.environ.get("NGINX")
    if not program:
        pytest.skip("there is no nginx: install Debian's nginx-light, and set NGINX to its path")
    base = setting[1]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = recipe("nginx", "server {").replace("listen 80;", f"listen 127.0.0.1:{port};")
    if base == "/demo/":
        below = recipe("nginx", "alias")
        config = config.replace("    root /srv/notebooks;\n", below)
    shutil.copy("/etc/nginx/mime.types", tmp_path)
    config = config.replace("/srv/notebooks", str(SITE))
    main = tmp_path / "nginx.conf"
    main.write_text(_NGINX.format(folder=tmp_path, site=config))
    with subprocess.Popen([program, "-c", main, "-e", "stderr"]) as process:
        try:
            wait_for_port(port, process)
            yield f"http://127.0.0.1:{port}{base}"
        finally:
            process.terminate()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until nginx listens."""
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port)).close()
    raise AssertionError(f"nginx ended with {process.returncode}")


def head(url: str) -> dict[str, str]:
    """The headers that a host sends to a client that accepts gzip."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as response:
        return {name.lower(): value for name, value in response.headers.items()}


def open_lab(page: Page, site: str) -> None:
    """Load the lab and wait for its service worker, but not for a kernel."""
    page.goto(f"{site}lab/index.html?reset")
    page.wait_for_function("() => window.jupyterapp?.started", timeout=SLOW)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller")


def test_nginx_serves_a_site(browser: Browser, nginx: str) -> None:
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), nginx)
        assert notebook.run(plain("app") + "%asgi_serve app").error == ""
        expect(notebook.frame("app").locator("body")).to_have_text("hello")


@pytest.mark.only("chromium", "it needs no browser")
def test_nginx_sends_the_documented_headers(nginx: str) -> None:
    assert head(f"{nginx}static/pyodide/pyodide.mjs")["content-type"] == "text/javascript"
    program = head(f"{nginx}static/pyodide/pyodide.asm.wasm")
    assert (program["content-type"], program["content-encoding"]) == ("application/wasm", "gzip")
    assert head(f"{nginx}service-worker.js")["cache-control"] == "no-cache"
    entry = next((SITE / "extensions/jupyterlite-asgi/static").glob("remoteEntry.*.js"))
    named = head(nginx + entry.relative_to(SITE).as_posix())
    assert named["cache-control"] == "max-age=31536000, immutable"


@pytest.mark.parametrize("embedder", ["require-corp", "credentialless"])
def test_apps_of_an_isolated_site_work_in_frames_and_tabs(
    browser: Browser, setting: tuple[str, str], embedder: str
) -> None:
    """With responses of the worker itself; test_isolation.py tests those of a kernel."""
    headers = headers_for_all(recipe("text", "Cross-Origin-Opener-Policy"))
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    headers["Cross-Origin-Embedder-Policy"] = embedder
    with serve_site(setting[1], headers=headers) as site, guarded(browser) as context:
        page = context.new_page()
        open_lab(page, site)
        assert page.evaluate("() => crossOriginIsolated")
        assert page.evaluate(_VERSION, f"{site}asgi/-/version") == __version__
        for path, title in [
            ("asgi/", "Apps on this site"),
            ("asgi/nobody/", "No app named nobody is running"),
        ]:
            page.evaluate(_ADD_FRAME, site + path)
            frame = page.frame_locator("iframe").last
            expect(frame.locator("h1")).to_have_text(title)
            assert frame.locator("h1").evaluate("() => crossOriginIsolated")
            tab = context.new_page()
            response = tab.goto(site + path)
            assert response is not None
            assert response.headers["cross-origin-embedder-policy"] == embedder
            assert tab.evaluate("() => crossOriginIsolated")


def test_only_the_worker_bypasses_the_browsers_cache(
    browser: Browser, setting: tuple[str, str]
) -> None:
    build = [__version__, "older"]

    def alter(path: str, content: bytes) -> bytes:
        if path == "service-worker.js":
            return content.replace(
                f'version = "{__version__}"'.encode(), f'version = "{build[0]}"'.encode()
            )
        return build[1].encode() if path == "package.json" else content

    forever = {"Cache-Control": "max-age=31536000, immutable"}
    with serve_site(setting[1], alter, forever) as site, guarded(browser) as context:
        older = context.new_page()
        for _ in ("first", "second"):  # on the second, JupyterLite registers its worker again
            open_lab(older, site)
        read = "async url => (await fetch(url)).text()"
        assert older.evaluate(read, f"{site}package.json") == "older"

        build[:] = ["9.9.9", "newer"]
        later = context.new_page()
        later.add_init_script(_COUNT_WORKERS)
        open_lab(later, site)
        # In Chromium, polling the worker for its version would delay the update.
        later.wait_for_function("() => window.workers > 0")
        for page in (later, older):
            assert page.evaluate(_VERSION, f"{site}asgi/-/version") == "9.9.9"
            assert page.evaluate(read, f"{site}package.json") == "older"
