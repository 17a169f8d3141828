"""Sanic, with its example: a form with a file, a blueprint, a streaming response."""

from __future__ import annotations

import json

import pytest
from claims import Framework
from lab import Notebook
from material import cell_with
from playwright.sync_api import expect

FRAMEWORK = Framework(
    name="Sanic",
    distribution="sanic",
    examples=("sanic.ipynb",),
    patches=(
        "sanic.patch_parser",
        "sanic.patch_prefix",
        "sanic.patch_apps",
        "multiprocessing.patch_processes",
    ),
    needs="It depends on httptools, ujson and uvloop, which have no wheels for Pyodide, but works "
    "without: to bundle Sanic, leave them out ([how](offline.md#options)). `url_for` returns "
    "URLs without the prefix, which work in pages and redirects, but are incomplete when shown "
    "to a reader.",
)


@pytest.mark.works("routes with typed parameters, blueprints, middleware, `url_for` in pages")
def test_pages_link_to_each_other(example: Notebook) -> None:
    page = example.visit("app")
    expect(page.get_by_role("heading")).to_have_css("color", "rgb(139, 0, 0)")
    page.get_by_role("link", name="tea").click()
    expect(page.locator("body")).to_contain_text('"dish":"tea"')
    answer = example.fetch("asgi/app/orders/1")
    assert (answer.headers["x-cook"], json.loads(answer.text)["guest"]) == ("Sanic", "the notebook")
    assert example.fetch("asgi/app/orders/one").status == 404


@pytest.mark.works("forms with files, including large ones, redirects, cookies")
def test_form_uploads_a_file_and_sets_a_cookie(example: Notebook) -> None:
    page = example.visit("app")
    page.get_by_label("Name").fill("Zoë")
    page.get_by_label("Dish").fill("crêpes & jam")
    page.get_by_label("A recipe").set_input_files(
        {"name": "a recipe.txt", "mimeType": "text/plain", "buffer": bytes(2_000_000)}
    )
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("listitem").last).to_contain_text("crêpes & jam for Zoë")
    expect(page.get_by_text("Welcome back, Zoë!")).to_be_visible()
    assert example.value("app.ctx.orders[-1]['recipe']") == "2000000"


@pytest.mark.works("streaming with `request.respond`")
def test_response_arrives_in_chunks(example: Notebook) -> None:
    chunks = example.chunks("asgi/app/orders/1/progress")
    assert "".join(chunks).split() == ["washed", "cut", "fried", "served"]
    assert len(chunks) > 2


@pytest.mark.works("custom pages for exceptions")
def test_404_has_a_custom_page(example: Notebook) -> None:
    assert example.fetch("asgi/app/orders/99").status == 404
    page = example.visit("app", "orders/99")
    expect(page.get_by_role("heading")).to_have_text("Not on the menu")
    expect(page.locator("body")).to_contain_text("There is no order 99.")


@pytest.mark.works("rerunning the cell that creates and serves the app, and startup listeners")
def test_cell_can_be_rerun(example: Notebook) -> None:
    with example.reloading("app"):
        assert example.run(cell_with("sanic.ipynb", "Blueprint")).error == ""
    expect(example.visit("app").get_by_role("listitem")).to_have_count(0)
    assert example.run("%asgi_serve app").error == ""
    assert example.fetch("asgi/app/").status == 200
