"""The example of each framework, after all of its cells have run, and a record of what is seen."""

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

#: What each landing is tried with, in each engine. The others are for `make test-all`, in Chromium.
FIRST = {
    f"test_{name}.py"
    for name in ("datasette", "datasette_older", "django", "fastapi", "flask", "starlette")
}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the others to `make test-all`."""
    test = collection_path.name.startswith("test_") and collection_path.name not in FIRST
    return True if test and not os.environ.get("ASGI_TEST_ALL") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the others to Chromium."""
    only = pytest.mark.only("chromium", "the other engine is tried with the first five alone")
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name not in FIRST:
            item.add_marker(only)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what a test that passed has shown."""
    report = yield
    if call.when == "call" and report.passed and isinstance(item, pytest.Function):
        shown = item.funcargs.get("seen")
        if isinstance(shown, Seen):
            shown.works += [mark.args[0] for mark in item.iter_markers("works")]
            shown.fails += [mark.args[0] for mark in item.iter_markers("fails")]
    return report


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest, engine: str) -> Iterator[Seen]:
    """What the tests of the module show, kept when the last is done."""
    seen = Seen(request.module.FRAMEWORK, engine)
    yield seen
    if seen.works or seen.fails:  # else its tests were for another browser
        seen.keep(request.path.stem.removeprefix("test_"))


@pytest.fixture(autouse=True)
def _noted(seen: Seen) -> None:
    """Have each test's claims noted."""


@pytest.fixture(scope="session")
def wide_site(tmp_path_factory: pytest.TempPathFactory, setting: tuple[str, str]) -> Iterator[str]:
    """The URL of a site that carries the frameworks which have no example."""
    with serve_site(setting[1], folder=build(tmp_path_factory.mktemp("wide"))) as url:
        yield url


@pytest.fixture(scope="module")
def smoke(
    browser: Browser, wide_site: str, seen: Seen, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A notebook in which the cell ``APP`` of the module has run."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), wide_site)
        assert notebook.run(request.module.APP).error == ""
        note_version(notebook, seen)
        yield notebook


@pytest.fixture(scope="module")
def example(browser: Browser, site: str, seen: Seen) -> Iterator[Notebook]:
    """The first example of the module's framework, after all of its cells have run."""
    with guarded(browser) as context:
        path = f"lab/index.html?path={seen.framework.examples[0]}"
        notebook = Notebook(context.new_page(), site, path=path)
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        note_version(notebook, seen)
        yield notebook


def note_version(notebook: Notebook, seen: Seen) -> None:
    """Note which version of the framework the kernel has."""
    version = f"__import__('importlib.metadata').metadata.version({seen.framework.distribution!r})"
    seen.version = notebook.value(version).strip("'")
