"""Requests below /asgi/ from frames, tabs, images, scripts and the kernel."""

from __future__ import annotations

import json

import pytest
from apps import READ_STEPS, STEPS, hello
from lab import Notebook
from playwright.sync_api import expect

ECHO = """
import json
from fastapi import FastAPI, Request, Response
echo = FastAPI()

@echo.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
async def answer(path: str, request: Request):
    body = await request.body()
    seen = {name: request.scope[name] for name in ("method", "path", "root_path", "scheme")}
    seen |= {
        "raw_path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "server": request.scope["server"],
        "headers": dict(request.headers),
        "body": body.decode("latin-1")[:40],
        "size": len(body),
    }
    return seen

%asgi_serve echo --open none
"""

FAILING = """
from fastapi import FastAPI
failing = FastAPI()

@failing.get("/")
def home():
    stock = {}
    return stock["apples"]

@failing.get("/silent")
async def silent():
    raise SystemExit

%asgi_serve failing
"""


def test_scope_has_the_full_path(notebook: Notebook) -> None:
    notebook.run(ECHO)
    answer = notebook.fetch("asgi/echo/caf%C3%A9/a%2Fb?q=%C3%A9&q=2", headers={"X-Test": "A b"})
    seen = json.loads(answer.text)
    root = notebook.base + "asgi/echo"
    assert answer.headers["content-type"] == "application/json"
    assert seen["root_path"] == root
    assert seen["path"] == f"{root}/café/a/b"
    assert seen["raw_path"] == f"{root}/caf%C3%A9/a%2Fb"
    assert seen["query"] == "q=%C3%A9&q=2"
    assert seen["headers"]["x-test"] == "A b"
    host = notebook.site.split("/")[2]
    assert seen["headers"]["host"] == host
    assert seen["server"] == ["127.0.0.1", int(host.split(":")[1])]


def test_methods_and_bodies_reach_the_app(notebook: Notebook) -> None:
    notebook.run(ECHO)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        seen = json.loads(notebook.fetch("asgi/echo/x", method=method, body="a body").text)
        assert (seen["method"], seen["body"]) == (method, "a body")
    assert notebook.fetch("asgi/echo/x", method="HEAD").text == ""
    big = notebook.page.evaluate(
        "async url => (await fetch(url, {method: 'POST', body: 'x'.repeat(5_000_000)})).json()",
        f"{notebook.site}asgi/echo/",
    )
    assert big["size"] == 5_000_000


def test_app_can_be_opened_in_a_tab(notebook: Notebook) -> None:
    notebook.run(hello("lone") + "%asgi_serve lone --open none")
    tab = notebook.page.context.new_page()
    tab.goto(notebook.site + "asgi/lone")
    expect(tab.locator("body")).to_have_text('"hello"')
    assert tab.url == notebook.site + "asgi/lone/"
    tab.close()


def test_image_in_a_markdown_cell_comes_from_the_app(notebook: Notebook) -> None:
    notebook.run("""
from fastapi import FastAPI, Response
pics = FastAPI()

@pics.get("/dot.svg")
def dot():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><circle r="9"/></svg>'
    return Response(svg, media_type="image/svg+xml")

%asgi_serve pics --open none
""")
    notebook.show_markdown(f"![dot]({notebook.site}asgi/pics/dot.svg)")
    image = notebook.page.locator("img[alt=dot]")
    expect(image).to_have_js_property("naturalWidth", 30)


def test_kernel_can_fetch_from_the_app(notebook: Notebook) -> None:
    notebook.run(hello("near") + "server = %asgi_serve near --open none")
    notebook.run("from pyodide.http import pyfetch\nanswer = await pyfetch(server.url)")
    assert notebook.value("await answer.json()") == "'hello'"


def test_error_page_names_cell_and_line(notebook: Notebook) -> None:
    cell = notebook.run(FAILING).execution_count
    page = notebook.frame("failing").locator("body")
    expect(page.locator("h1")).to_have_text("KeyError: 'apples'")
    expect(page).to_contain_text(f"failed in Cell In[{cell}], line 7")
    own, full = page.locator("pre").first, page.locator("details pre")
    expect(own).to_contain_text(f'File "Cell In[{cell}]", line 7, in home')
    expect(own).to_contain_text('return stock["apples"]')
    expect(own).not_to_contain_text("site-packages")
    expect(full).to_be_hidden()
    page.locator("summary").click()
    expect(full).to_contain_text("starlette")

    text = notebook.fetch("asgi/failing/")
    assert (text.status, text.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert f'File "Cell In[{cell}]", line 7, in home' in text.text

    as_json = notebook.fetch("asgi/failing/", headers={"Accept": "application/json"})
    assert as_json.headers["content-type"] == "application/json"
    assert json.loads(as_json.text)["error"] == "KeyError: 'apples'"

    assert notebook.fetch("asgi/failing/silent").status == 500
    assert notebook.value("1 + 1") == "2"


def test_404_lists_the_served_apps(notebook: Notebook) -> None:
    notebook.run(hello("listed") + "%asgi_serve listed --open none")
    tab = notebook.page.context.new_page()
    response = tab.goto(notebook.site + "asgi/unheard-of/page")
    assert response is not None
    assert response.status == 404
    expect(tab.locator("h1")).to_have_text("No app named unheard-of is running")
    tab.get_by_role("link", name="listed").click()
    expect(tab.locator("body")).to_have_text('"hello"')
    tab.goto(notebook.site + "asgi/")
    expect(tab.get_by_role("link", name="listed")).to_have_count(1)
    tab.close()


def test_def_endpoints_files_templates_and_uploads_need_no_thread(notebook: Notebook) -> None:
    outputs = notebook.run("""
import os, time
os.makedirs("/tmp/pages", exist_ok=True)
open("/tmp/pages/greet.html", "w").write("<p>Hello {{ name }}</p>")
open("/tmp/pages/style.css", "w").write("p { color: red }")

from typing import Annotated
from fastapi import BackgroundTasks, Depends, FastAPI, Request, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

files = FastAPI()
files.mount("/static", StaticFiles(directory="/tmp/pages"))
templates = Jinja2Templates("/tmp/pages")
noted = []

def who():
    yield "Ada"

@files.get("/greet")
def greet(request: Request, name: Annotated[str, Depends(who)]):
    return templates.TemplateResponse(request, "greet.html", {"name": name})

@files.get("/file")
def file():
    return FileResponse("/tmp/pages/style.css")

@files.get("/count")
def count():
    return StreamingResponse((f"{i} " for i in range(3)), media_type="text/plain")

@files.post("/upload")
def upload(file: UploadFile, tasks: BackgroundTasks):
    tasks.add_task(noted.append, file.filename)
    return {"size": len(file.file.read()), "name": file.filename}

%asgi_serve files --open none
""")
    assert outputs.error == ""
    assert notebook.fetch("asgi/files/greet").text == "<p>Hello Ada</p>"
    assert notebook.fetch("asgi/files/file").text == "p { color: red }"
    assert notebook.fetch("asgi/files/static/style.css").text == "p { color: red }"
    assert notebook.fetch("asgi/files/count").text == "0 1 2 "
    uploaded = notebook.page.evaluate(
        """async url => {
            const form = new FormData();
            form.append('file', new File([new Uint8Array(3_000_000)], 'big.bin'));
            return (await fetch(url, {method: 'POST', body: form})).json();
        }""",
        f"{notebook.site}asgi/files/upload",
    )
    assert uploaded == {"size": 3_000_000, "name": "big.bin"}
    # A background task may end after the response.
    notebook.run("import asyncio\nwhile not noted: await asyncio.sleep(0.01)")
    assert notebook.value("noted") == "['big.bin']"


def test_stream_arrives_as_it_is_sent(notebook: Notebook) -> None:
    notebook.run(STEPS)
    read = notebook.page.evaluate(READ_STEPS, f"{notebook.site}asgi/steps/")
    assert read == ["first", "second", True]


@pytest.mark.only("chromium", "only CDP can stop a worker")
def test_worker_can_be_stopped_between_requests(notebook: Notebook) -> None:
    notebook.run(hello("steady") + "%asgi_serve steady --open none")
    assert notebook.fetch("asgi/steady/").text == '"hello"'
    before = notebook.worker_instances()
    notebook.stop_workers()
    assert notebook.fetch("asgi/steady/").text == '"hello"'
    after = notebook.worker_instances()
    assert len(after) == 1
    assert before.isdisjoint(after)


LATE = """
import asyncio
ended = asyncio.Event()

async def late(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    while (await receive())["type"] != "http.disconnect": pass
    ended.set()
    raise ValueError("too late")

server = %asgi_serve late --open none
"""


def test_error_after_the_response_to_head_is_logged(notebook: Notebook) -> None:
    notebook.run(LATE)
    assert notebook.fetch("asgi/late/", method="HEAD").status == 200
    notebook.run("await asyncio.wait_for(ended.wait(), 10)")
    assert "ValueError: too late" in notebook.run("print(*server.log)").text
