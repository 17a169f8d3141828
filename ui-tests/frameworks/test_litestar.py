"""Litestar, with its example: validation by types, a form, a stream, the page for the API."""

from __future__ import annotations

import json

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework(
    "Litestar",
    "litestar",
    examples=("litestar.ipynb",),
    patches=("logging.patch_queue_listener", "anyio.patch_worker_threads"),
    needs="The pages for the API load scripts from a CDN, in the versions that Litestar names; a "
    "site can bundle these ([how](offline.md#files-from-a-cdn)).",
)


@pytest.mark.works("routes with typed parameters and results, including `def` routes")
def test_books_are_returned_as_json(example: Notebook) -> None:
    assert json.loads(example.fetch("asgi/app/books/0").text) == {"title": "Emma", "pages": 474}
    answer = json.loads(example.fetch("asgi/app/books?longer_than=500").text)
    assert [book["title"] for book in answer] == ["Middlemarch"]
    missing = example.fetch("asgi/app/books/99")
    assert (missing.status, json.loads(missing.text)["detail"]) == (404, "There is no book 99.")


@pytest.mark.works("validation errors for bodies that do not fit their dataclass")
def test_invalid_body_is_refused(example: Notebook) -> None:
    put = {"method": "POST", "headers": {"content-type": "application/json"}}
    refused = example.fetch("asgi/app/books", **put, body='{"title": "Ulysses", "pages": "many"}')
    assert refused.status == 400
    (error,) = json.loads(refused.text)["extra"]
    assert (error["key"], error["source"]) == ("pages", "body")
    assert example.fetch("asgi/app/books?longer_than=x").status == 400
    assert example.value("len(shelf)") == "2"


@pytest.mark.works("forms as dataclasses, and redirects")
def test_form_adds_a_book(example: Notebook) -> None:
    page = example.visit("app")
    page.get_by_label("Title").fill("Die Wände")
    page.get_by_label("Pages").fill("160")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem").last).to_have_text("Die Wände, 160 pages")
    assert example.value("shelf.pop()") == "Book(title='Die Wände', pages=160)"
    page.get_by_label("Title").fill("Nothing")
    page.get_by_label("Pages").fill("few")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("body")).to_contain_text("Validation failed")


@pytest.mark.works("`Stream` responses, which arrive as their async generator yields")
def test_stream_arrives_in_chunks(example: Notebook) -> None:
    chunks = example.chunks("asgi/app/read/0")
    pages = [f"Emma, page {number} of 474\n" for number in range(1, 6)]
    assert "".join(chunks) == "".join(pages)
    assert len(chunks) > 1


@pytest.mark.works(
    "`/schema/swagger`, without a CDN on a site that bundles its files: trying out an operation"
)
def test_swagger_tries_out_an_operation(example: Notebook) -> None:
    example.visit("app").get_by_role("link", name="its API").click()
    page = example.frame("app")
    operation = page.locator(".opblock-get", has_text="/books/{number}")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("number").fill("1")
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".highlight-code")).to_contain_text("Middlemarch")


@pytest.mark.works("Litestar's logging, which uses a queue")
def test_log_records_are_shown(example: Notebook) -> None:
    assert "a book fell down" in example.run("app.get_logger().error('a book fell down')").text
