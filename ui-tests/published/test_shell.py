"""The page of a published app beside JupyterLab, in frames of other pages, and on paper."""

from __future__ import annotations

import pytest
from lab import SLOW, Notebook
from playwright.sync_api import BrowserContext, Page, expect

from .places import START, TAKE_SLOTS, Place, runtimes, shown

#: The app of the demo site that the tests with JupyterLab open.
_DEMO = "asgi/fastapi/"

_REGISTRATIONS = """async () =>
  (await navigator.serviceWorker.getRegistrations()).map(({active}) => active?.scriptURL)"""


def test_a_notebook_wins_until_it_stops(notebook: Notebook, tab: Page) -> None:
    url = notebook.site + _DEMO
    tab.goto(url)
    shown(tab)
    assert runtimes(tab) == 1
    bar = tab.locator("#bar")
    expect(bar).to_be_hidden()

    notebook.run("""
from fastapi import FastAPI
theirs = FastAPI()
@theirs.get("/")
def home(): return "from the notebook"
%asgi_serve theirs --name fastapi""")
    expect(bar).to_contain_text("A notebook serves this app in this browser.")
    link = bar.get_by_role("link", name="Open the notebook")
    expect(link).to_have_attribute("href", f"{notebook.site}lab/index.html?path=fastapi.ipynb")
    assert runtimes(tab) == 0
    tab.reload()
    app = shown(tab)
    assert "from the notebook" in app.content()

    notebook.run("%asgi_stop fastapi")
    expect(bar).to_contain_text("The notebook has stopped serving this app.")
    # Its panel starts nothing by itself.
    panel = notebook.frame("fastapi")
    expect(panel.get_by_role("status")).to_contain_text("published on this site, but not running")
    bar.get_by_role("button", name="Back to the published app").click()
    expect(bar).to_be_hidden(timeout=START)
    expect(panel.locator("body")).to_contain_text("Shop")
    tab.reload()
    assert "from the notebook" not in shown(tab).content()
    assert runtimes(tab) == 1


def test_jupyterlab_and_the_page_use_one_worker(context: BrowserContext, site: str) -> None:
    page, lab = context.new_page(), context.new_page()
    page.goto(site + _DEMO)
    shown(page)
    # JupyterLab removes all registrations when it is opened for the first time.
    lab.goto(f"{site}lab/index.html?reset")
    lab.wait_for_function("() => window.jupyterapp?.started", timeout=SLOW)
    (worker,) = page.evaluate(_REGISTRATIONS)
    again = context.new_page()
    again.goto(site + _DEMO)
    shown(again)
    assert again.evaluate(_REGISTRATIONS) == [worker]
    assert runtimes(page) == 1
    page.reload()
    shown(page)


def test_a_third_runtime_asks(context: BrowserContext, place: Place) -> None:
    other, page = context.new_page(), context.new_page()
    other.goto(f"{place.url}asgi/index.html")
    other.evaluate(TAKE_SLOTS)
    page.goto(place.app)
    notice = page.get_by_text("Two apps already run in this browser")
    expect(notice).to_be_visible(timeout=START)
    assert runtimes(page) == 0
    page.get_by_role("button", name="Start this one").click()
    shown(page)
    expect(notice).to_be_hidden()


@pytest.mark.only("chromium", "its driver lays frames out for paper; Firefox's does not")
def test_paper_has_the_whole_page(context: BrowserContext, place: Place) -> None:
    page = context.new_page()
    page.goto(place.app)
    shown(page)
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    height = page.locator("#frame").evaluate("frame => frame.getBoundingClientRect().height")
    assert height > 4000
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#frame")).to_have_attribute("style", "")
