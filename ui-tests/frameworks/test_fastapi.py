"""FastAPI: an app as `examples/fastapi.ipynb` has it."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework("FastAPI", "fastapi", ("fastapi.ipynb",), mends=("workers.mend",))


@pytest.mark.works(
    "`/docs`, from the panel, with no CDN on a site that carries FastAPI and Pyodide: an operation "
    "is opened, filled in and executed, its answer shown, and the notebook sees what it changed"
)
def test_docs_try_an_operation_out(example: Notebook) -> None:
    docs = example.frame("app").locator("body")
    docs.get_by_role("link", name="Try its API").click()
    operation = docs.locator(".opblock-put")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    # React takes what is typed; in Firefox it does not see what is filled in.
    operation.get_by_placeholder("name").press_sequentially("figs")
    operation.get_by_placeholder("count").press_sequentially("7")
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".highlight-code")).to_contain_text('"count": 7')
    asked = f"{example.site}asgi/app/items/figs?count=7"
    expect(operation.locator(".request-url")).to_contain_text(asked)
    assert example.value("stock['figs']") == "7"


@pytest.mark.works(
    "`/redoc`, with no CDN on such a site: operations are listed, and found by search"
)
def test_redoc_lists_the_operations(example: Notebook) -> None:
    tab = example.page.context.new_page()
    tab.goto(f"{example.site}asgi/app/redoc")
    expect(tab.get_by_role("menuitem")).to_have_text(["getHome", "getItem", "putPut"])
    expect(tab.get_by_role("heading", name="Put")).to_be_visible()
    expect(tab.locator("body")).to_contain_text("/items/{name}")
    tab.get_by_placeholder("Search...").press_sequentially("put")
    expect(tab.get_by_role("search").get_by_role("menuitem")).to_have_text(["putPut"])
    icon = tab.locator("link[rel~=icon]").evaluate("link => link.href")
    assert icon.startswith(example.site)
    tab.close()
