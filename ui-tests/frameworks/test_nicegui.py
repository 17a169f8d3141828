"""NiceGUI: elements, and the functions that their events call."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework(
    name="NiceGUI",
    distribution="nicegui",
    patches=("multiprocessing.patch_processes", "anyio.patch_worker_threads"),
    needs="It depends on orjson, which only Pyodide's own distribution has, but works without: to "
    "bundle NiceGUI from an index, leave orjson out ([how](offline.md#options)). Add NiceGUI to "
    "an app with `ui.run_with(app)`, and serve that app. Its pages poll.",
)

APP = """
%pip install nicegui

from fastapi import FastAPI
from nicegui import ui

app = FastAPI()


@ui.page("/")
def page():
    clicks = []
    label = ui.label("no clicks")

    def click():
        clicks.append(None)
        label.set_text(f"{len(clicks)} clicks")

    ui.button("Click", on_click=click)
    ui.input("Name", on_change=lambda event: label.set_text(f"Hello, {event.value}"))


ui.run_with(app, storage_secret="not one")

%asgi_serve app
"""


@pytest.mark.works("labels, buttons and inputs whose events call functions in the notebook")
def test_click_calls_a_function(served: Notebook) -> None:
    page = served.frame("app")
    expect(page.get_by_text("no clicks")).to_be_visible()
    for count in (1, 2):
        page.get_by_role("button", name="Click").click()
        expect(page.get_by_text(f"{count} clicks")).to_be_visible()
    page.get_by_label("Name").fill("Zoë")
    expect(page.get_by_text("Hello, Zoë")).to_be_visible()


def test_ui_run_is_refused(served: Notebook) -> None:
    assert "write `app = FastAPI()`, `ui.run_with(app)` and" in served.run("ui.run()").error
