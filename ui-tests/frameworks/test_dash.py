"""Dash, with its example: plots, callbacks, downloads, multi-page apps, errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import FrameLocator, expect

FRAMEWORK = Framework(
    "Dash",
    "dash",
    examples=("dash.ipynb",),
    patches=("dash.patch_context", "dash.patch_prefix"),
)

#: A selector for the line of the plot.
LINE = ".js-plotly-plot .lines path.js-line"

PAGES = """
import dash
from dash import Dash, Input, Output, dcc, html

pages = Dash("pages", use_pages=True, pages_folder="", suppress_callback_exceptions=True)
dash.register_page("home", path="/", layout=html.H1("Home"))
dash.register_page("tides", path="/sea/tides", layout=html.H1("Tides"))
dash.register_page(
    "ship", path_template="/ships/<name>", layout=lambda name=None: html.H1(f"The {name}")
)
pages.layout = html.Div([
    dcc.Link("Tides", href="/sea/tides"), dcc.Link("Ship", href="/ships/Argo"),
    html.Button("Sink", id="sink"), html.P(id="sunk"), dash.page_container,
])

@pages.callback(Output("sunk", "children"), Input("sink", "n_clicks"), prevent_initial_call=True)
def sink(clicks):
    return 1 / 0

%asgi_serve pages
"""

LOGGED = """
import asyncio
from jupyterlite_asgi import servers

(log,) = [server.log for server in servers() if server.name == "pages"]
async with asyncio.timeout(20):
    while "ZeroDivisionError" not in str(log):
        await asyncio.sleep(0.05)
print(log)
"""


@pytest.mark.works("plots without a CDN, redrawn by a callback when a slider moves")
def test_slider_redraws_the_plot(example: Notebook) -> None:
    page = reload(example)
    title_is(page, "A square wave of 3 sines")
    before = line_of(page)
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    title_is(page, "A square wave of 4 sines")
    expect(page.locator(LINE)).not_to_have_attribute("d", before)
    slider.press("End")
    title_is(page, "A square wave of 12 sines")


@pytest.mark.works("dropdowns with options from the notebook, as of the last page load")
def test_dropdown_has_options_from_the_notebook(example: Notebook) -> None:
    page = reload(example)
    choose(page, "sawtooth")
    title_is(page, "A sawtooth wave of 3 sines")
    choose(page, "triangle")
    title_is(page, "A triangle wave of 3 sines")


@pytest.mark.works("downloads of files that a callback generates, with `dcc.Download`")
def test_button_saves_a_file(example: Notebook) -> None:
    page = reload(example)
    title_is(page, "A square wave of 3 sines")
    with example.page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename == "square.csv"
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert (lines[0], len(lines)) == ("x,y", 402)
    expected = example.value("[f'{y:.4f}' for y in wave('square', 3)[1][:3]]")
    assert str([line.split(",")[1] for line in lines[1:4]]) == expected


@pytest.mark.works("multi-page apps: links, URLs, the browser's history")
def test_pages_link_to_each_other(example: Notebook, pages: FrameLocator) -> None:
    expect(pages.get_by_role("heading")).to_have_text("Home")
    tab = example.page.context.new_page()
    tab.goto(f"{example.site}asgi/pages/")
    heading = tab.get_by_role("heading")
    expect(heading).to_have_text("Home")
    tab.get_by_role("link", name="Tides").click()
    expect(heading).to_have_text("Tides")
    expect(tab).to_have_url(f"{example.site}asgi/pages/sea/tides")
    tab.reload()
    expect(heading).to_have_text("Tides")
    tab.get_by_role("link", name="Ship").click()
    expect(heading).to_have_text("The Argo")
    tab.go_back()
    expect(heading).to_have_text("Tides")
    tab.close()


@pytest.mark.works("tracebacks of callbacks in `server.log`")
def test_exception_of_a_callback_is_in_the_log(example: Notebook, pages: FrameLocator) -> None:
    pages.get_by_role("button", name="Sink").click()
    log = example.run(LOGGED)
    assert log.error == ""
    assert "return 1 / 0" in log.text


@pytest.fixture(scope="module")
def pages(example: Notebook) -> FrameLocator:
    """The panel of a multi-page app."""
    assert example.run(PAGES).error == ""
    return example.frame("pages")


def reload(notebook: Notebook) -> FrameLocator:
    """Reload the example's app in its panel; return the panel's content."""
    notebook.page.get_by_role("tab", name="app", exact=True).click()
    notebook.reload_panel("app")
    return notebook.frame("app")


def title_is(page: FrameLocator, title: str) -> None:
    """Wait until the plot has that title."""
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_text(title)


def line_of(page: FrameLocator) -> str:
    """The points of the plot's line."""
    return page.locator(LINE).get_attribute("d") or ""


def choose(page: FrameLocator, wave: str) -> None:
    """Choose from the dropdown by clicks."""
    page.locator("#kind").click()
    page.get_by_role("option", name=wave).click()
