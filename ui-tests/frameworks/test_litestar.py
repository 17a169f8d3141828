"""Litestar by its example: types that check what comes in, a form, a stream, the API's own page."""

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
    needs="The API's pages ask a CDN, each for the version that Litestar names, and a site can "
    "carry that ([how](offline.md#files-from-a-cdn)).",
)


@pytest.mark.works("routes whose parameters and results have types, also plain `def` ones")
def test_books_are_given_as_json(example: Notebook) -> None:
    assert json.loads(example.fetch("asgi/app/books/0").text) == {"title": "Emma", "pages": 474}
    answer = json.loads(example.fetch("asgi/app/books?longer_than=500").text)
    assert [book["title"] for book in answer] == ["Middlemarch"]
    missing = example.fetch("asgi/app/books/99")
    assert (missing.status, json.loads(missing.text)["detail"]) == (404, "There is no book 99.")


@pytest.mark.works("a body that does not fit its dataclass is refused, and told why")
def test_what_does_not_fit_is_refused(example: Notebook) -> None:
    put = {"method": "POST", "headers": {"content-type": "application/json"}}
    refused = example.fetch("asgi/app/books", **put, body='{"title": "Ulysses", "pages": "many"}')
    assert refused.status == 400
    (told,) = json.loads(refused.text)["extra"]
    assert (told["key"], told["source"]) == ("pages", "body")
    assert example.fetch("asgi/app/books?longer_than=x").status == 400
    assert example.value("len(shelf)") == "2"


@pytest.mark.works("forms as dataclasses, and redirects")
def test_a_form_adds_a_book(example: Notebook) -> None:
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


@pytest.mark.works("`Stream`, which is read as its async generator gives it")
def test_a_book_is_read_page_by_page(example: Notebook) -> None:
    chunks = example.chunks("asgi/app/read/0")
    pages = [f"Emma, page {number} of 474\n" for number in range(1, 6)]
    assert "".join(chunks) == "".join(pages)
    assert len(chunks) > 1


@pytest.mark.works(
    "`/schema/swagger`, with no CDN where the site carries what it asks for: "
    "an operation is opened and executed, and its answer shown"
)
def test_swagger_tries_an_operation_out(example: Notebook) -> None:
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


@pytest.mark.works("its log, which goes through a queue")
def test_what_is_logged_is_in_the_log(example: Notebook) -> None:
    assert "a book fell down" in example.run("app.get_logger().error('a book fell down')").text
