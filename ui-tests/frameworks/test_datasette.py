"""The demo site's version of Datasette, with its example."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

from frameworks.datasettes import WIDE, log_in, on_the_drive, visit

FRAMEWORK = Framework(
    name="Datasette",
    distribution="datasette",
    examples=("datasette.ipynb",),
    patches=("datasette.patch_databases", "datasette.patch_base_url", "sqlite3.patch_drive"),
)


@pytest.fixture(scope="module")
def example(example: Notebook) -> Notebook:
    """The example in a window that is wide enough for tables."""
    example.page.set_viewport_size(WIDE)
    return example


@pytest.mark.works("`%asgi_serve ds.app()` without options, under the name `ds`")
def test_served_without_options(example: Notebook) -> None:
    assert example.value("server.name") == "'ds'"
    page = example.frame("ds")
    page.get_by_role("link", name="birds", exact=True).first.click()
    page.get_by_role("link", name="sightings", exact=True).click()
    expect(page.get_by_role("heading", name="365 rows")).to_be_visible()
    expect(page.locator("header.hd")).to_have_css("color", "rgba(255, 255, 244, 0.9)")


@pytest.mark.works("tables, facets, sorting and paging, with links that stay inside the app")
def test_tables_and_facets(example: Notebook) -> None:
    page = visit(example)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("td.col-id").first).to_have_text("101")
    page = visit(example)
    page.get_by_role("link", name="place", exact=True).first.click()
    facet = page.locator("#facet-place")
    expect(facet.get_by_role("listitem")).to_have_text(
        ["apple tree 100", "hedge 99", "feeder 91", "lawn 75"]
    )
    facet.get_by_role("link", name="lawn").click()
    expect(page.get_by_role("heading", name='75 rows where place = "lawn"')).to_be_visible()
    page.get_by_role("columnheader", name="count").get_by_role("link").click()
    expect(page.locator("td.col-count").first).to_have_text("1")
    page.locator("td.col-bird a").first.click()
    expect(page.locator("td.col-name")).to_have_count(1)


@pytest.mark.works("column menus, and Datasette's other scripts")
def test_column_menus(example: Notebook) -> None:
    page = visit(example)
    page.get_by_role("columnheader", name="place").locator("svg").click()
    page.get_by_role("link", name="Facet by this").click()
    expect(page.locator("#facet-place").get_by_role("listitem")).to_have_count(4)


@pytest.mark.works("SQL queries in Datasette's editor")
def test_sql(example: Notebook) -> None:
    page = visit(example, "birds")
    page.locator(".cm-content").fill("select place, count(*) as n from sightings group by place")
    page.get_by_role("button", name="Run SQL").click()
    expect(page.locator("td.col-place").first).to_have_text("apple tree")
    assert sum(map(int, page.locator("td.col-n").all_inner_texts())) == 365


@pytest.mark.works("links to JSON")
def test_json(example: Notebook) -> None:
    page = visit(example, "birds/birds")
    page.get_by_role("link", name="array", exact=True).click()
    expect(page.locator("body")).to_have_text(re.compile(r"^\s*\[.*sparrow", re.DOTALL))
    assert json.loads(page.locator("body").inner_text())[0] == {"id": 1, "name": "blackbird"}


@pytest.mark.works("CSV exports that stream all rows, saved as a file")
def test_csv(example: Notebook) -> None:
    page = visit(example)
    page.get_by_label("download file").check()
    page.get_by_label("stream all rows").check()
    with example.page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename == "sightings.csv"
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [str(number) for number in range(1, 366)]


@pytest.mark.works("plugins registered by a cell, and their scripts in pages")
def test_plugin(example: Notebook) -> None:
    count = visit(example).locator("td.col-count").first
    expect(count).to_have_text("2")
    assert "16.6667%" in count.evaluate("cell => cell.style.background")


@pytest.mark.works("root: login by a link, inserting rows, creating tables")
@pytest.mark.works("a database on JupyterLite's drive, where each change is saved at once")
def test_root(example: Notebook, tmp_path: Path) -> None:
    log_in(example)
    page = visit(example)
    page.get_by_role("button", name="Insert row").click()
    dialog = page.get_by_role("dialog")
    for column, value in {"day": "2027-01-01", "place": "roof", "count": "3"}.items():
        dialog.get_by_label(column).fill(value)
    dialog.get_by_label("bird").fill("ja")
    dialog.get_by_role("option", name="jay").click()
    dialog.get_by_role("button", name="Insert row", exact=True).click()
    expect(page.get_by_text("Inserted row 366.")).to_be_visible()
    inserted = [(366, "2027-01-01", 4, "roof", 3)]
    sql = "select * from sightings where id > 365"
    assert on_the_drive(example, tmp_path, sql) == inserted
    assert example.value("ds.get_database('birds').path").endswith("birds.db'")
    rows = "sqlite3.connect('birds.db').execute"
    assert example.value(f"{rows}({sql!r}).fetchall()") == repr(inserted)

    page.get_by_role("link", name="birds", exact=True).first.click()
    page.locator("summary", has_text="Database actions").click()
    page.get_by_role("menuitem", name="Create table").click()
    dialog.get_by_label("Table name").fill("trees")
    dialog.get_by_placeholder("column name").last.fill("name")
    dialog.get_by_role("button", name="Create table", exact=True).click()
    expect(page.get_by_role("heading", name="trees", level=1)).to_be_visible()
    page.get_by_role("button", name="Insert row").click()
    dialog.get_by_label("name").fill("oak")
    dialog.get_by_role("button", name="Insert row", exact=True).click()
    expect(page.locator("td.col-name")).to_have_text("oak")
    assert on_the_drive(example, tmp_path, "select * from trees") == [(1, "oak")]
