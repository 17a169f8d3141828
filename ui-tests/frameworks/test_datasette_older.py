"""Datasette 1.0a31, which many still use: the most important features, with the same example."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from claims import Framework, Seen
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser, expect
from sites import serve_site

from frameworks.datasettes import WIDE, log_in, on_the_drive, visit

pytestmark = pytest.mark.only("chromium", "the newest Datasette is tested in both engines")

FRAMEWORK = Framework(
    name="Datasette",
    distribution="datasette",
    examples=("datasette.ipynb",),
    patches=("datasette.patch_databases", "datasette.patch_base_url", "sqlite3.patch_drive"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from the Datasette that is installed for the tests."""
    installed = distribution(FRAMEWORK.distribution)
    name = f"{FRAMEWORK.distribution}-{installed.version}-py3-none-any.whl"
    path = tmp_path_factory.mktemp("wheels") / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in installed.files or []:
            if ".." not in file.parts and file.suffix != ".pyc":
                archive.write(str(file.locate()), str(file))
    return path


@pytest.fixture(scope="module")
def example(browser: Browser, site: str, seen: Seen, wheel: Path) -> Iterator[Notebook]:
    """The example, with all cells run, and with that wheel."""
    headers = {"Access-Control-Allow-Origin": "*"}
    with serve_site(folder=wheel.parent, headers=headers) as wheels, guarded(browser) as context:
        path = f"lab/index.html?path={FRAMEWORK.examples[0]}"
        notebook = Notebook(context.new_page(), site, path=path)
        notebook.page.set_viewport_size(WIDE)
        assert notebook.run(f"%pip install {wheels}{wheel.name}").error == ""
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        seen.version = notebook.value("__import__('datasette').__version__").strip("'")
        assert seen.version == "1.0a31"
        yield notebook


@pytest.mark.works("tables and facets, with links that stay inside the app")
def test_tables_and_facets(example: Notebook) -> None:
    page = visit(example)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("td.col-id").first).to_have_text("101")
    page = visit(example)
    page.get_by_role("link", name="place", exact=True).first.click()
    page.locator(".facet-info").get_by_role("link", name="lawn").click()
    expect(page.get_by_role("heading", name='75 rows where place = "lawn"')).to_be_visible()


@pytest.mark.works("SQL queries in Datasette's editor")
def test_sql(example: Notebook) -> None:
    page = visit(example, "birds")
    page.locator(".cm-content").fill("select count(*) as n from sightings")
    page.get_by_role("button", name="Run SQL").click()
    expect(page.locator("td.col-n")).to_have_text("365")


@pytest.mark.works("root: login by a link, inserting rows with the API explorer")
@pytest.mark.works("a database on JupyterLite's drive, where each change is saved at once")
def test_root(example: Notebook, tmp_path: Path) -> None:
    log_in(example)
    page = visit(example, "-/api")
    row = {"day": "2027-01-01", "bird": 4, "place": "roof", "count": 3}
    table = {"table": "trees", "rows": [{"id": 1, "name": "oak"}], "pk": "id"}
    for path, sent, expected in [
        ("/birds/sightings/-/insert", {"row": row, "return": True}, '"place": "roof"'),
        ("/birds/-/create", table, '"table": "trees"'),
    ]:
        page.get_by_role("link", name=path).click()
        page.get_by_label("JSON:").fill(json.dumps(sent))
        page.get_by_role("button", name="POST").click()
        expect(page.locator("#output pre")).to_contain_text(expected)
        expect(page.get_by_role("heading", name="API response: HTTP 201")).to_be_visible()
    page = visit(example, "birds/sightings?place=roof")
    expect(page.locator("td.col-day")).to_have_text("2027-01-01")
    page = visit(example, "birds/trees")
    expect(page.locator("td.col-name")).to_have_text("oak")
    sql = "select day, name from sightings, trees where place = 'roof'"
    assert on_the_drive(example, tmp_path, sql) == [("2027-01-01", "oak")]
