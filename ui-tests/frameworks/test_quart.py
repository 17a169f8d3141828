"""Quart, with its example: forms, sessions, templates, and several kinds of streams."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from material import cell_with
from playwright.sync_api import Page, expect

FRAMEWORK = Framework(
    "Quart", "quart", examples=("quart.ipynb",), patches=("multiprocessing.patch_processes",)
)


@pytest.mark.works("server-sent events: what a form or a cell changes appears at once on all pages")
def test_event_stream_reaches_all_pages(example: Notebook) -> None:
    panel, tab = example.frame("app"), visit(example)
    expect(panel.get_by_role("status")).to_have_text("5")
    tab.get_by_label("Name").fill("Ada")
    tab.get_by_label("Amount").fill("7")
    tab.get_by_role("button", name="Bid").click()
    expect(panel.get_by_role("status")).to_have_text("7")
    expect(tab.get_by_role("status")).to_have_text("7")
    example.run("place('the notebook', 8)")
    expect(panel.get_by_role("status")).to_have_text("8")
    expect(tab.get_by_role("status")).to_have_text("8")
    tab.close()


@pytest.mark.works("disconnects, which close the generator of an event stream")
def test_disconnect_closes_the_generator(example: Notebook) -> None:
    tab = visit(example)
    waiting = "async def until(count):\n    while len(watchers) != count: await asyncio.sleep(0.05)"
    example.run(f"{waiting}\nawait asyncio.wait_for(until(2), 20)")
    assert example.value("len(watchers)") == "2"
    tab.close()
    assert example.run("await asyncio.wait_for(until(1), 20)").error == ""


@pytest.mark.works("forms, templates, sessions, flashed messages, redirects with `url_for`")
def test_session_keeps_the_bidder(example: Notebook) -> None:
    tab = visit(example)
    tab.get_by_label("Name").fill("Grüße")
    tab.get_by_label("Amount").fill("1")
    tab.get_by_role("button", name="Bid").click()
    expect(tab.get_by_role("alert")).to_have_text("1 is not enough.")
    expect(tab.get_by_label("Name")).to_have_value("Grüße")
    tab.reload()
    expect(tab.get_by_role("alert")).to_have_count(0)
    expect(tab.get_by_label("Name")).to_have_value("Grüße")
    tab.close()


@pytest.mark.works("responses that arrive as their async generator yields")
def test_response_arrives_in_chunks(example: Notebook) -> None:
    chunks = example.chunks("asgi/app/bids")
    lines = "".join(chunks).splitlines()
    assert (lines[0], lines[-1]) == ("1. the notebook: 5", "Going, going, gone!")
    assert len(lines) == int(example.value("len(bids)")) + 1
    assert len(chunks) > 1


@pytest.mark.works("routes with parameters, JSON, and `app.test_client()` in a cell")
def test_json_and_test_client(example: Notebook) -> None:
    assert example.fetch("asgi/app/bids/1").text == '{"amount":5,"who":"the notebook"}\n'
    assert example.fetch("asgi/app/bids/99").status == 404
    result = example.run(cell_with("quart.ipynb", "test_client"))
    assert (result.error, result.text) == ("", "{'amount': 5, 'who': 'the notebook'}")


def visit(notebook: Notebook) -> Page:
    """Open the app in a tab of its own."""
    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/app/")
    return tab
