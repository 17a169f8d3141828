"""BlackSheep: a form, an injected service, a dataclass as JSON."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework("BlackSheep", "blacksheep")

APP = """
%pip install blacksheep

from dataclasses import dataclass

from blacksheep import Application, FromForm, html, json, redirect

app = Application()


@dataclass
class Item:
    name: str
    price: float


class Stock(list):
    def total(self):
        return sum(item.price for item in self)


app.services.add_instance(Stock())


@app.router.get("/")
async def home(stock: Stock):
    rows = "".join(f"<li>{item.name}</li>" for item in stock)
    return html(f'''<!doctype html><ul>{rows}</ul><p>{stock.total()}</p>
        <form method="post" action="items"><input name="name" aria-label="Name">
        <input name="price" aria-label="Price"><button>Add</button></form>''')


@app.router.post("/items")
async def add(item: FromForm[Item], stock: Stock):
    stock.append(item.value)
    return redirect("/")


@app.router.get("/items/{int:number}")
async def one(number: int, stock: Stock):
    return json(stock[number - 1])


%asgi_serve app
"""


@pytest.mark.works("routes with typed parameters, injected services, forms as dataclasses")
def test_form_adds_an_item(served: Notebook) -> None:
    page = served.frame("app")
    page.get_by_label("Name").fill("Käse")
    page.get_by_label("Price").fill("2.5")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text("Käse")
    expect(page.get_by_role("paragraph")).to_have_text("2.5")
    assert served.fetch("asgi/app/items/1").text == '{"name":"Käse","price":2.5}'
    assert served.fetch("asgi/app/items/x").status == 404
