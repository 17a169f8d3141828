"""The notebooks in `examples/`, used as their readers use them."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import BrowserContext, expect


def test_the_first_example_runs_from_the_first_cell_to_the_last(
    context: BrowserContext, site: str
) -> None:
    notebook = Notebook(context.new_page(), site, path="lab/index.html?path=fastapi.ipynb")
    outputs = notebook.run_all()
    assert [cell.error for cell in outputs if cell.error] == []
    shop = notebook.frame("app").locator("body")
    expect(shop).to_contain_text("Visit number 1")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3"])
    notebook.reload_panel("app")
    expect(shop).to_contain_text("Visit number 101")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 41"])
    shop.get_by_role("link", name="plums").click()
    expect(shop).to_have_text('{"name":"plums","count":41}')
    assert "{'name': 'plums', 'count': 41}" in [cell.text for cell in outputs]
