"""Starlette, with its example: a session, middleware, a mounted app, error handlers."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from material import cells_of
from playwright.sync_api import FrameLocator, expect

FRAMEWORK = Framework(
    name="Starlette",
    distribution="starlette",
    examples=("starlette.ipynb",),
    patches=("anyio.patch_worker_threads", "starlette.patch_forms"),
)


SURVEY = """
%pip install starlette

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def answer(request):
    form = await request.form()
    return PlainTextResponse(form["name"])

survey = Starlette(routes=[Route("/", answer, methods=["POST"])])
%asgi_serve survey --open none
"""

#: Sends a multipart form; returns the response's status and text.
SEND = """async url => {
  const body = new FormData();
  body.append('name', 'Zoë');
  const response = await fetch(url, {method: 'POST', body});
  return [response.status, await response.text()];
}"""

TALK = """
from starlette.routing import WebSocketRoute

async def hello(websocket):
    await websocket.accept()
    await websocket.send_text("hello")

talk = Starlette(routes=[WebSocketRoute("/hello", hello)])
%asgi_serve talk --open none
"""

#: Opens a WebSocket; returns the type of its first event.
CONNECT = """url => new Promise(resolve => {
  const socket = new WebSocket(url);
  socket.onmessage = socket.onerror = event => resolve(event.type);
})"""


@pytest.mark.works("sessions in a signed cookie, which survive a reload")
def test_session_keeps_the_answers(example: Notebook) -> None:
    page = start_again(example)
    for question, choice in (("Which planet", "Jupiter"), ("How many legs", "Ten")):
        page.get_by_role("link", name=question).click()
        page.get_by_role("radio", name=choice).check()
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_role("listitem").filter(has_text=question)).to_contain_text(choice)
    example.reload_panel("quiz")
    expect(page.get_by_role("listitem")).to_contain_text(["✓ Jupiter", "✗ Ten", "frozen water"])
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("listitem").first).not_to_contain_text("Jupiter")


@pytest.mark.works("an app mounted in another, with routes of its own, and `url_for` into both")
def test_mounted_app_changes_the_questions(example: Notebook) -> None:
    page = start_again(example)
    page.get_by_role("link", name="Editor").click()
    page.get_by_label("Question").fill("What is <b>bold</b>?")
    page.get_by_label("Right answer").fill("A tag")
    page.get_by_label("Wrong answer").fill("A fish")
    page.get_by_role("button", name="Add").click()
    added = page.get_by_role("listitem").filter(has_text="What is <b>bold</b>? A tag.")
    expect(added).to_be_visible()
    page.get_by_role("link", name="Quiz").click()
    expect(page.get_by_role("heading", name="Quiz")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(4)
    page.get_by_role("link", name="Editor").click()
    expect(page.get_by_role("heading", name="Editor")).to_be_visible()
    added.get_by_role("button").click()
    expect(page.get_by_role("listitem")).to_have_count(3)
    assert example.value("len(questions)") == "3"


@pytest.mark.works(
    "handlers for a status and for custom exceptions, in the outer and in the mounted app"
)
def test_errors_have_custom_pages(example: Notebook) -> None:
    page = start_again(example)
    page.get_by_role("link", name="frozen water").click()
    heading = page.get_by_role("heading")
    expect(heading).to_have_text("First things first: Which planet is the largest?")
    assert example.fetch("asgi/quiz/questions/3").status == 403
    for path in ("questions/99", "editor/soup"):
        assert example.fetch(f"asgi/quiz/{path}").status == 404
        visit(example, path)
        expect(heading).to_have_text("There is no such question or page")


@pytest.mark.works("middleware, including `BaseHTTPMiddleware`")
def test_middleware_adds_a_header_to_all_responses(example: Notebook) -> None:
    for path in ("", "editor/", "soup"):
        timing = example.fetch(f"asgi/quiz/{path}").headers["server-timing"]
        assert timing.startswith("app;dur=")


@pytest.mark.works("`httpx.ASGITransport` in a cell, and rerunning all cells")
def test_cells_can_be_rerun(example: Notebook) -> None:
    outputs = [example.run(cell) for cell in cells_of("starlette.ipynb")]
    assert {cell.error for cell in outputs} == {""}
    assert outputs[-1].text.startswith("'app;dur=")
    page = visit(example, "")
    expect(page.get_by_role("listitem")).to_have_count(3)


def visit(notebook: Notebook, path: str) -> FrameLocator:
    """Open a path of the quiz in the panel; return the panel's content."""
    return notebook.visit("quiz", path)


def start_again(notebook: Notebook) -> FrameLocator:
    """Open the first page in the panel, with no question answered."""
    page = visit(notebook, "")
    if page.get_by_role("button", name="Start again").count():
        page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button")).to_have_count(0)
    return page


@pytest.mark.fails("WebSockets, in any framework: browsers do not pass them to a service worker")
def test_websocket_fails(example: Notebook) -> None:
    assert example.run(TALK).error == ""
    url = example.site.replace("http", "ws") + "asgi/talk/hello"
    assert example.page.evaluate(CONNECT, url) == "error"
    assert example.run("%asgi_stop talk").error == ""


@pytest.mark.works("forms, even if `python-multipart` was installed after Starlette")
def test_python_multipart_can_be_installed_later(neighbour: Notebook) -> None:
    assert neighbour.run(SURVEY).error == ""
    url = f"{neighbour.site}asgi/survey/"
    status, text = neighbour.page.evaluate(SEND, url)
    assert status == 500
    assert "The `python-multipart` library must be installed" in text
    neighbour.run("%pip install python-multipart")
    assert neighbour.page.evaluate(SEND, url) == [200, "Zoë"]
