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
    needs="Install `starlette` as well, which `strawberry.asgi` needs. GraphiQL loads files from a "
    "CDN, which a site can bundle ([how](offline.md#files-from-a-cdn)).",
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


def query_graphql(notebook: Notebook, query: str, **variables: str) -> str:
    """Send a query by GraphQL over HTTP; return the text of the response."""
    return notebook.fetch(
        "asgi/app/",
        method="POST",
        headers={"content-type": "application/json"},
        body=json.dumps({"query": query, "variables": variables}),
    ).text


@pytest.mark.works("queries, mutations, variables, errors with locations")
def test_mutation_and_query(served: Notebook) -> None:
    add = 'mutation ($title: String!) { add(title: $title, author: "Joyce") { title } }'
    assert json.loads(query_graphql(served, add, title="Ulysses"))["data"] == {
        "add": {"title": "Ulysses"}
    }
    found = json.loads(query_graphql(served, '{ books(author: "Joyce") { title author } }'))
    assert found["data"]["books"] == [{"title": "Ulysses", "author": "Joyce"}]
    (error,) = json.loads(query_graphql(served, "{ films }"))["errors"]
    assert error["locations"] == [{"line": 1, "column": 3}]


@pytest.mark.works("GraphiQL without a CDN: writing and running a query")
def test_graphiql_runs_a_query(served: Notebook) -> None:
    page = served.frame("app")
    editor = page.get_by_role("region", name="Query Editor").locator(".CodeMirror").first
    editor.click()
    served.page.keyboard.press("Control+A")
    served.page.keyboard.insert_text("{ books { title } }")
    page.get_by_role("button", name="Execute query").click()
    expect(page.get_by_role("region", name="Result Window")).to_contain_text("Emma")
