"""Strawberry: queries and mutations in GraphQL."""

from __future__ import annotations

import json

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework(
    name="Strawberry",
    distribution="strawberry-graphql",
    needs="Install `starlette` too, for `strawberry.asgi` asks for it. GraphiQL asks a CDN for "
    "what a site can carry ([how](offline.md#files-from-a-cdn)).",
)

APP = """
%pip install strawberry-graphql starlette

import strawberry
from strawberry.asgi import GraphQL


@strawberry.type
class Book:
    title: str
    author: str


books = [Book(title="Emma", author="Jane Austen")]


@strawberry.type
class Query:
    @strawberry.field
    def books(self, author: str = "") -> list[Book]:
        return [book for book in books if author in book.author]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, title: str, author: str) -> Book:
        books.append(Book(title=title, author=author))
        return books[-1]


app = GraphQL(strawberry.Schema(query=Query, mutation=Mutation))

%asgi_serve app
"""


def ask(notebook: Notebook, query: str, **variables: str) -> str:
    """What GraphQL over HTTP gives."""
    return notebook.fetch(
        "asgi/app/",
        method="POST",
        headers={"content-type": "application/json"},
        body=json.dumps({"query": query, "variables": variables}),
    ).text


@pytest.mark.works("queries, mutations, variables, errors with their place")
def test_a_book_is_added_and_found(smoke: Notebook) -> None:
    add = 'mutation ($title: String!) { add(title: $title, author: "Joyce") { title } }'
    assert json.loads(ask(smoke, add, title="Ulysses"))["data"] == {"add": {"title": "Ulysses"}}
    found = json.loads(ask(smoke, '{ books(author: "Joyce") { title author } }'))
    assert found["data"]["books"] == [{"title": "Ulysses", "author": "Joyce"}]
    (error,) = json.loads(ask(smoke, "{ films }"))["errors"]
    assert error["locations"] == [{"line": 1, "column": 3}]


@pytest.mark.works("GraphiQL, also with no CDN: a query is written and run, and its answer shown")
def test_a_reader_asks_in_graphiql(smoke: Notebook) -> None:
    page = smoke.frame("app")
    editor = page.get_by_role("region", name="Query Editor").locator(".CodeMirror").first
    editor.click()
    smoke.page.keyboard.press("Control+A")
    smoke.page.keyboard.insert_text("{ books { title } }")
    page.get_by_role("button", name="Execute query").click()
    expect(page.get_by_role("region", name="Result Window")).to_contain_text("Emma")
