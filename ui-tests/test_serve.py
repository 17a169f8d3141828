"""The README's example: a cell serves an app, the panel shows it, memory is shared."""

from __future__ import annotations

import json

from apps import hello
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


def test_cell_serves_an_app_beside_the_notebook(notebook: Notebook) -> None:
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


def test_two_apps_at_once(notebook: Notebook) -> None:
    outputs = notebook.run(
        hello("left", "from the left")
        + hello("right", "from the right")
        + "%asgi_serve left\n%asgi_serve right"
    )
    assert outputs.error == ""
    expect(notebook.frame("left").locator("body")).to_have_text('"from the left"')
    expect(notebook.frame("right").locator("body")).to_have_text('"from the right"')
    assert notebook.run("%asgi_list").text.count("running") >= 2


def test_app_responds_while_a_cell_awaits(notebook: Notebook) -> None:
    notebook.run(
        hello("patient")
        + """
import asyncio
go_on = asyncio.Event()

@patient.post("/")
async def release():
    go_on.set()

%asgi_serve patient --open none
"""
    )
    cell = notebook.start("await asyncio.wait_for(go_on.wait(), 60)\nprint('went on')")
    assert notebook.fetch("asgi/patient/").text == '"hello"'
    assert notebook.outputs(cell).raw == []
    notebook.fetch("asgi/patient/", method="POST")
    assert notebook.finish(cell).text == "went on\n"


def test_rerun_replaces_the_app_in_its_panel(notebook: Notebook) -> None:
    source = """
from contextlib import asynccontextmanager
from fastapi import FastAPI
try:
    log
except NameError:
    log, version = [], 0
version += 1

@asynccontextmanager
async def lifespan(app, version=version):
    log.append(f"{version} up")
    yield
    log.append(f"{version} down")

again = FastAPI(lifespan=lifespan)

@again.get("/")
def home(version=version):
    return {"version": version}

%asgi_serve again
"""
    notebook.run(source)
    body = notebook.frame("again").locator("body")
    expect(body).to_have_text('{"version":1}')
    assert notebook.run(source).error == ""
    expect(body).to_have_text('{"version":2}')
    expect(notebook.panel("again")).to_have_count(1)
    assert notebook.value("log") == "['1 up', '1 down', '2 up']"


def test_failed_startup_shows_in_the_cell_and_on_the_page(notebook: Notebook) -> None:
    source = """
from contextlib import asynccontextmanager
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    raise OSError("no such database")
    yield

unlucky = FastAPI(lifespan=lifespan)
%asgi_serve unlucky
"""
    assert "OSError: no such database" in notebook.run(source).error
    answer = notebook.fetch("asgi/unlucky/")
    assert answer.status == 500
    assert "OSError: no such database" in answer.text
    assert notebook.run(hello("unlucky") + "%asgi_serve unlucky").error == ""
    assert notebook.fetch("asgi/unlucky/").text == '"hello"'


def test_button_opens_the_panels_page_in_a_tab(notebook: Notebook) -> None:
    notebook.run(hello("wide") + "%asgi_serve wide")
    expect(notebook.frame("wide").locator("body")).to_have_text('"hello"')
    notebook.visit("wide", "?page=2")
    with notebook.page.expect_popup() as tab:
        notebook.panel("wide").locator('[data-jp-item-name="open-in-tab"]').click()
    expect(tab.value).to_have_url(notebook.site + "asgi/wide/?page=2")
    expect(tab.value.locator("body")).to_have_text('"hello"')


def test_stop_ends_the_app_and_its_panel_says_so(notebook: Notebook) -> None:
    notebook.run(hello("brief") + "%asgi_serve brief")
    body = notebook.frame("brief").locator("body")
    expect(body).to_have_text('"hello"')
    assert notebook.run("%asgi_stop brief").error == ""
    expect(body).to_contain_text("No app named brief is running")
    assert "brief" not in notebook.run("%asgi_list").text
    assert notebook.fetch("asgi/brief/").status == 404


def test_panel_shows_the_stop_although_the_kernel_is_busy(notebook: Notebook) -> None:
    source = """
import time
from jupyterlite_asgi import servers
server = next(server for server in servers() if server.name == "busy")
await server.stop()
end = time.monotonic() + 2
while time.monotonic() < end:  # not time.sleep, which lets other tasks run
    pass
"""
    notebook.run(hello("busy") + "%asgi_serve busy")
    body = notebook.frame("busy").locator("body")
    expect(body).to_have_text('"hello"')
    assert notebook.run(source).error == ""
    expect(body).to_contain_text("No app named busy is running")


def test_functions_do_the_same_as_the_magics(notebook: Notebook) -> None:
    outputs = notebook.run(
        hello("shop")
        + "from jupyterlite_asgi import serve, servers\n"
        + "server = await serve(shop, name='corner-shop', open='none')\nserver"
    )
    assert 'data-state="running"' in "".join(outputs.raw[0]["data"]["text/html"])
    url = notebook.site + "asgi/corner-shop/"
    assert notebook.value("server.url") == repr(url)
    assert notebook.value("server in servers()") == "True"
    assert notebook.fetch("asgi/corner-shop/").text == '"hello"'
    expect(notebook.panel("corner-shop")).to_have_count(0)
    notebook.run("await server.stop()")
    assert notebook.value("(server in servers(), server.state)") == "(False, 'stopped')"


def test_open_inline_shows_the_app_below_the_cell(notebook: Notebook) -> None:
    notebook.run(hello("below") + "%asgi_serve below --open inline")
    frame = notebook.page.frame_locator("iframe.jp-asgi-Inline[title=below]")
    expect(frame.locator("body")).to_have_text('"hello"')
    expect(notebook.panel("below")).to_have_count(0)


def test_open_tab_opens_a_tab(notebook: Notebook) -> None:
    with notebook.page.context.expect_page() as tab:
        notebook.run(hello("apart") + "%asgi_serve apart --open tab")
    expect(tab.value.locator("body")).to_have_text('"hello"')
    tab.value.close()
