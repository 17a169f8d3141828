"""Fixtures: real browsers, the built site at two paths, notebooks."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import cast
from urllib.parse import urlsplit

import greenlet
import pytest
from faults import Fault, read_faults
from lab import Notebook
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    Response,
    expect,
    sync_playwright,
)
from sites import SITE, serve_site
from xdist.scheduler import LoadScopeScheduling

expect.set_options(timeout=20_000)

#: A name of this machine that browsers do not take for it: a page at its http:// is not secure.
INSECURE_HOST = "site.test"

_HOSTS = f"MAP {INSECURE_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

#: Chromium without any network but this machine, as root and without a display.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules={_HOSTS}",
]

#: Firefox without any network but this machine: the rest goes to a proxy that does not exist.
FIREFOX_PREFS: dict[str, str | float | bool] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": f"127.0.0.1, localhost, {INSECURE_HOST}",
    "network.dns.localDomains": INSECURE_HOST,
}

#: Only `make test-all` runs tests that take minutes.
collect_ignore = [] if os.environ.get("ASGI_TEST_ALL") else ["test_long.py", "webkit"]

#: Each engine and each path of the site is tested once; `make test-all` tests all combinations.
SETTINGS = [("chromium", "/"), ("firefox", "/demo/")]
if os.environ.get("ASGI_TEST_ALL"):
    SETTINGS += [("chromium", "/demo/"), ("firefox", "/")]


#: Tests of what Python does, for which the browser hardly matters: `make test` runs each of these
#: files in one engine, `make test-all` in both.
IN_ONE_ENGINE = {
    "test_client.py": "chromium",
    "test_encodings.py": "firefox",
    "test_examples.py": "chromium",
    "test_exchanges.py": "firefox",
    "test_faults.py": "firefox",
    "test_interfaces.py": "chromium",
    "test_limits.py": "firefox",
    "test_magic.py": "chromium",
    "test_malformed.py": "firefox",
    "test_names.py": "chromium",
    "test_packages.py": "firefox",
    "test_prefix.py": "firefox",
    "test_refusals.py": "firefox",
    "test_startup.py": "chromium",
    "test_wsgi.py": "chromium",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run those tests in their engine."""
    if os.environ.get("ASGI_TEST_ALL"):
        return
    for item in items:
        engine = IN_ONE_ENGINE.get(item.path.name)
        if engine is not None and item.path.parent == Path(__file__).parent:
            reason = "what Python does is tested in one engine; `make test-all` tests it in both"
            item.add_marker(pytest.mark.only(engine, reason))


class BySetting(LoadScopeScheduling):  # type: ignore[misc]
    """Runs the tests of each setting, which share a notebook, in a process of pytest-xdist.

    Another process runs all tests without a browser, as Playwright's event loop allows no other
    beside it. The first process to finish takes the tests in `worker/`, which need no notebook, or
    those in WebKitGTK.
    """

    def _split_scope(self, nodeid: str) -> str:
        known = "|".join(map("".join, SETTINGS))
        found = re.search(rf"[\[-]({known})[-\]]", nodeid)
        if found is None:
            return "webkit" if "/webkit/" in nodeid else "none"
        return f"worker {found[1]}" if "/worker/" in nodeid else found[1]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BySetting:
    """Divide the tests by setting."""
    return BySetting(config, log)


#: Tests whose process was killed, as happens to a test that hangs.
_ENDED: set[str] = set()


def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport) -> None:
    """Let the second attempt decide, which pytest-xdist makes in a new process.

    In a few of dozens of runs a page in Chromium hung forever, at points unrelated to the test; the
    cause is unknown. Pytest's last line counts the tests that were run twice, and the output above
    it shows where the first attempt hung.
    """
    if crashitem not in _ENDED:
        _ENDED.add(crashitem)
        report.outcome = "rerun"  # type: ignore[assignment]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked ``only(engine, reason)`` in the other engine, before its fixtures."""
    mark = item.get_closest_marker("only")
    if mark is not None and isinstance(item, pytest.Function):
        engine, _ = cast(tuple[str, str], item.callspec.params["setting"])
        if engine != mark.args[0]:
            pytest.skip(mark.args[1])  # the reason


def launch(
    playwright: Playwright,
    engine: str,
    args: Sequence[str] = (),
    prefs: Mapping[str, str | float | bool] = MappingProxyType({}),
    env: Mapping[str, str] = MappingProxyType({}),
    *,
    without: Sequence[str] = (),
) -> Browser:
    """Launch the installed browser of that engine.

    Args:
        playwright: starts it.
        engine: ``chromium`` or ``firefox``.
        args: more arguments for Chromium.
        prefs: more preferences for Firefox.
        env: more environment variables.
        without: Playwright's own arguments for Chromium that are left out.
    """
    if engine == "chromium":
        executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        return playwright.chromium.launch(
            executable_path=executable,
            args=[*CHROMIUM_ARGS, *args],
            ignore_default_args=[*without],
            env={**os.environ, **env},
        )
    executable = os.environ.get("FIREFOX", "/usr/bin/firefox-esr")
    return playwright.firefox.launch(
        executable_path=executable,
        channel="moz-firefox",
        firefox_user_prefs={**FIREFOX_PREFS, **prefs},
        env={**os.environ, **env},
    )


@contextlib.contextmanager
def guarded(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own; fails if any request leaves this machine.

    A request that the site's service worker answers stays on it, whatever its URL. So does one to
    a host below ``.test``, which no server has (RFC 6761).
    """
    foreign: list[str] = []
    # Firefox does not say what answered, but nothing outside this machine can have.
    says_from_worker = browser.browser_type.name == "chromium"

    def watch(request: Request) -> None:
        if _is_foreign(request.url):
            foreign.append(request.url)

    def forget(response: Response) -> None:
        if _is_foreign(response.url) and (response.from_service_worker or not says_from_worker):
            foreign.remove(response.url)

    context = browser.new_context()
    context.on("request", watch)
    context.on("response", forget)
    yield context
    context.close()
    assert foreign == []


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    here = parts.hostname in ("127.0.0.1", "localhost") or (parts.hostname or "").endswith(".test")
    return parts.scheme.startswith("http") and not here


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as instance:
        yield instance


@pytest.fixture(scope="session", params=SETTINGS, ids="".join)
def setting(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The engine of a test, and the path of its site."""
    engine, base = request.param
    return engine, base


@pytest.fixture(scope="session")
def engine(setting: tuple[str, str]) -> str:
    """``chromium`` or ``firefox``."""
    return setting[0]


@pytest.fixture(scope="session")
def browser(playwright: Playwright, engine: str) -> Iterator[Browser]:
    browser = launch(playwright, engine)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def site(setting: tuple[str, str]) -> Iterator[str]:
    """The URL of the built site, at the root of its origin or below a path."""
    assert (SITE / "service-worker.js").exists(), "there is no site: run `make site` first"
    with serve_site(setting[1]) as url:
        yield url


@pytest.fixture(autouse=True)
def _where_it_hangs(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[None]:
    """Print where a test hangs shortly before it is killed; Playwright's greenlets hide that."""
    limit = request.node.get_closest_marker("timeout")
    seconds = limit.args[0] if limit else float(pytestconfig.getini("timeout"))
    test = greenlet.getcurrent()
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None

    def show() -> None:
        stack = "".join(traceback.format_stack(test.gr_frame, limit=8))
        with capture.global_and_fixture_disabled():
            print(f"{request.node.nodeid} waits here:\n{stack}", file=sys.__stderr__, flush=True)

    timer = threading.Timer(0.9 * seconds, show)
    timer.start()
    yield
    timer.cancel()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own."""
    with guarded(browser) as context:
        yield context


#: Installs what the tests of the shared notebook import.
_INSTALL = "%pip install fastapi jinja2 python-multipart"


@pytest.fixture(scope="session")
def notebook(browser: Browser, site: str) -> Iterator[Notebook]:
    """A notebook that the tests of one setting share; each serves apps of its own."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        notebook.run(_INSTALL)
        yield notebook


@pytest.fixture
def mortal(notebook: Notebook) -> Iterator[Notebook]:
    """The shared notebook, for a test that leaves it with a new kernel."""
    yield notebook
    notebook.run(_INSTALL)


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Fault:
    """The row of `docs/faults.md` that the test is marked with."""
    mark = request.node.get_closest_marker("fault")
    return read_faults()[mark.args[0]]


@pytest.fixture
def tab(notebook: Notebook) -> Iterator[Page]:
    """A tab beside the notebook's."""
    page = notebook.page.context.new_page()
    yield page
    page.close()


@pytest.fixture(scope="session")
def neighbour(notebook: Notebook, site: str) -> Iterator[Notebook]:
    """Another tab of the same browser, with a notebook of its own."""
    page = notebook.page.context.new_page()
    yield Notebook(page, site)
    page.close()
