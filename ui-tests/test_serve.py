"""The scene of the README: a cell serves an app, the panel shows it, memory is shared."""

from __future__ import annotations

import json

from lab import Notebook
from playwright.sync_api import expect

SHOP = """
%pip install fastapi
from fastapi import FastAPI
app = FastAPI()
hits = 0

@app.get("/")
def home():
    global hits; hits += 1
    return {"hits": hits}

%asgi_serve app
"""


def test_a_cell_serves_an_app_beside_the_notebook(notebook: Notebook) -> None:
    outputs = notebook.run(SHOP)
    assert outputs.error == ""
    body = notebook.frame("app").locator("body")
    expect(body).to_have_text('{"hits":1}')

    notebook.run("hits = 100")
    notebook.reload_panel("app")
    expect(body).to_have_text('{"hits":101}')
    assert notebook.value("hits") == "101"

    answer = notebook.fetch("asgi/app/openapi.json")
    assert answer.status == 200
    assert json.loads(answer.text)["servers"] == [{"url": notebook.base + "asgi/app"}]
