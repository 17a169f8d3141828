"""Where apps cannot be served, and what a person is told there."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from apps import plain
from conftest import CHROMIUM_ARGS, INSECURE_HOST, guarded, launch
from faults import Fault
from lab import Notebook
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Playwright, expect
from sites import configured, serve_site

SERVE = plain("app") + "%asgi_serve app"

#: As in a browser in which service workers are disabled.
NO_WORKERS = "delete Navigator.prototype.serviceWorker"

#: As in a browser without stack switching.
NO_JSPI = b"delete WebAssembly.Suspending; delete WebAssembly.promising;"

_ADD_FRAME = """() => {
  const frame = document.createElement('iframe');
  [frame.width, frame.height] = [1200, 700];
  document.body.append(frame);
}"""


def framed(page: Page, site: str) -> Frame:
    """An empty frame in a page of another site than ``site``."""
    page.goto(f"{site.replace('127.0.0.1', 'localhost')}package.json")
    with page.expect_event("frameattached") as attached:
        page.evaluate(_ADD_FRAME)
    return attached.value


@pytest.mark.fault("`http://` on another host than localhost")
def test_plain_http_is_explained(context: BrowserContext, site: str, fault: Fault) -> None:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    insecure = site.replace("127.0.0.1", INSECURE_HOST)
    assert Notebook(page, insecure).run(SERVE).error == (
        f"ServeError: {fault.sentence}: open the site there instead of at {insecure}."
    )
    assert faults == []


@pytest.fixture(scope="module")
def lacking(browser: Browser, site: str) -> Iterator[Notebook]:
    """A notebook in a browser in which service workers are disabled."""
    with guarded(browser) as context:
        context.add_init_script(NO_WORKERS)
        yield Notebook(context.new_page(), site)


@pytest.mark.fault("A browser that is too old")
def test_missing_api_is_explained(lacking: Notebook, fault: Fault) -> None:
    lacking.run("import js\ncan_parse = js.URL.canParse\ndel js.URL.canParse")
    assert lacking.run(SERVE).error == (
        f"ServeError: {fault.sentence}: use Chrome or Edge 120, Firefox 119, Safari 17, or a "
        "later version."
    )
    lacking.run("js.URL.canParse = can_parse")


@pytest.mark.fault("A window without service workers")
def test_missing_service_workers_are_explained(lacking: Notebook, fault: Fault) -> None:
    assert lacking.run(SERVE).error == (
        f"ServeError: {fault.sentence}: allow the site to store data, or open it in an ordinary "
        "tab, neither private nor in a frame of another site."
    )


def test_apps_work_without_stack_switching(browser: Browser, setting: tuple[str, str]) -> None:
    def alter(path: str, content: bytes) -> bytes:
        return NO_JSPI + content if "comlink.worker" in path else content

    with serve_site(setting[1], alter) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        assert notebook.run(SERVE).error == ""
        expect(notebook.frame("app").locator("body")).to_have_text("hello")
        assert notebook.run("def again():\n    %asgi_serve app\nagain()").error.endswith(
            "ServeError: This browser cannot wait inside a plain function: write `from "
            "jupyterlite_asgi import serve` and `await serve(app)` at the top level of a cell."
        )


@pytest.mark.only("firefox", "all tests run in private windows of Chromium")
def test_apps_work_in_a_private_window(playwright: Playwright, engine: str, site: str) -> None:
    private = launch(playwright, engine, prefs={"browser.privatebrowsing.autostart": True})
    with contextlib.closing(private), guarded(private) as context:
        notebook = Notebook(context.new_page(), site)
        assert notebook.run(SERVE).error == ""
        expect(notebook.frame("app").locator("body")).to_have_text("hello")


def test_apps_work_in_a_lab_that_another_site_frames(
    playwright: Playwright, engine: str, site: str
) -> None:
    # The last such argument counts: Playwright's disables the partitioning of storage.
    browser = launch(playwright, engine, args=["--disable-features=Translate"])
    with contextlib.closing(browser), guarded(browser) as context:
        frame = framed(context.new_page(), site)
        notebook = Notebook(cast(Page, frame), site)  # needs only what both have
        assert notebook.run(SERVE).error == ""
        expect(notebook.frame("app").locator("body")).to_have_text("hello")


@pytest.mark.fault("A frame of another site, whose storage is blocked")
@pytest.mark.only("chromium", "Firefox partitions the storage of frames")
def test_blocked_storage_of_a_frame_is_explained(
    context: BrowserContext, site: str, fault: Fault
) -> None:
    """Without partitions, Chromium's private windows block the storage of third parties."""
    frame = framed(context.new_page(), site)
    frame.goto(f"{site}lab/index.html?reset")
    dialog = frame.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{fault.sentence}: open it in a tab of its own.")
    with context.expect_page() as tab:
        dialog.get_by_role("button", name="Open in a tab").click()
    tab.value.wait_for_function("() => window.jupyterapp?.started")
    expect(tab.value.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def without_storage(playwright: Playwright, engine: str, tmp_path: Path) -> Iterator[Page]:
    """A page in a browser that is set to block cookies and site data."""
    if engine == "firefox":
        browser = launch(playwright, engine, prefs={"network.cookie.cookieBehavior": 2})
        yield browser.new_page()
        browser.close()
        return
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    settings.write_text(json.dumps(blocked), "utf-8")
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=CHROMIUM_ARGS,
    )
    yield context.new_page()
    context.close()


@pytest.mark.fault("Cookies and site data are blocked")
def test_blocked_storage_is_explained(without_storage: Page, site: str, fault: Fault) -> None:
    without_storage.goto(f"{site}lab/index.html")
    dialog = without_storage.get_by_role("dialog")
    expect(dialog).to_contain_text(fault.sentence)
    with without_storage.expect_navigation():
        dialog.get_by_role("button", name="Reload the page").click()


@pytest.mark.fault("Pyodide's CDN is out of reach")
def test_unreachable_cdn_is_explained(
    browser: Browser, setting: tuple[str, str], fault: Fault
) -> None:
    alter = configured(pyodideUrl="https://cdn.test/pyodide.mjs")
    with serve_site(setting[1], alter) as site, guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        alert = notebook.page.get_by_role("alert")
        expect(alert).to_contain_text(
            f"{fault.sentence}: check the network, or build the site with --asgi-pyodide."
        )
        expect(alert.get_by_role("button", name="Reload the page")).to_be_visible()
