"""Fixtures: the example of each framework with all cells run, and the record of the results."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from claims import Seen
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser
from sites import serve_site

from frameworks.building import build

#: Tested by `make test`, in this engine; by `make test-all`, in both.
FIRST = {
    "test_datasette.py": "firefox",
    "test_datasette_older.py": "chromium",
    "test_django.py": "chromium",
    "test_fastapi.py": "chromium",
    "test_flask.py": "firefox",
    "test_starlette.py": "firefox",
}

ALL = bool(os.environ.get("ASGI_TEST_ALL"))

_REASON = "most frameworks are tested in one engine only; `make test-all` tests more in both"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Ignore the others, except in `make test-all`, which runs them in Chromium."""
    test = collection_path.name.startswith("test_") and collection_path.name not in FIRST
    return True if test and not ALL else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run those that are tested in one engine in that engine only."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            both = ALL and item.path.name in FIRST
            engine = FIRST.get(item.path.name, "chromium")
            if not both:
                item.add_marker(pytest.mark.only(engine, _REASON))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record the claims of a test that has passed."""
    report = yield
    if call.when == "call" and report.passed and isinstance(item, pytest.Function):
        shown = item.funcargs.get("seen")
        if isinstance(shown, Seen):
            shown.works += [mark.args[0] for mark in item.iter_markers("works")]
            shown.fails += [mark.args[0] for mark in item.iter_markers("fails")]
    return report


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest, engine: str) -> Iterator[Seen]:
    """The claims confirmed by the module's tests, saved after the last one."""
    seen = Seen(request.module.FRAMEWORK, engine)
    yield seen
    if seen.works or seen.fails:  # otherwise its tests are for another browser
        seen.keep(request.path.stem.removeprefix("test_"))


@pytest.fixture(autouse=True)
def _recorded(seen: Seen) -> None:
    """Record the claims of each test."""


@pytest.fixture(scope="session")
def wide_site(tmp_path_factory: pytest.TempPathFactory, setting: tuple[str, str]) -> Iterator[str]:
    """The URL of a site with the frameworks that have no example."""
    with serve_site(setting[1], folder=build(tmp_path_factory.mktemp("wide"))) as url:
        yield url


@pytest.fixture(scope="module")
def served(
    browser: Browser, wide_site: str, seen: Seen, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A notebook in which the module's cell ``APP`` has run."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), wide_site)
        assert notebook.run(request.module.APP).error == ""
        record_version(notebook, seen)
        yield notebook


@pytest.fixture(scope="module")
def example(browser: Browser, site: str, seen: Seen) -> Iterator[Notebook]:
    """The first example of the module's framework, with all cells run."""
    with guarded(browser) as context:
        path = f"lab/index.html?path={seen.framework.examples[0]}"
        notebook = Notebook(context.new_page(), site, path=path)
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        record_version(notebook, seen)
        yield notebook


def record_version(notebook: Notebook, seen: Seen) -> None:
    """Record the version of the framework in the kernel."""
    version = f"__import__('importlib.metadata').metadata.version({seen.framework.distribution!r})"
    seen.version = notebook.value(version).strip("'")
