"""The notebooks in `examples/`, used as their readers use them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest
from conftest import guarded
from lab import SLOW, Notebook
from material import cells_of, noise
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, expect


@pytest.fixture(scope="module")
def forms(browser: Browser, site: str) -> Iterator[Notebook]:
    """The second example after all of its cells have run."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site, path="lab/index.html?path=forms.ipynb")
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        yield notebook


def test_the_first_example_runs_from_the_first_cell_to_the_last(
    context: BrowserContext, site: str
) -> None:
    notebook = Notebook(context.new_page(), site, path="lab/index.html?path=fastapi.ipynb")
    outputs = notebook.run_all()
    assert [cell.error for cell in outputs if cell.error] == []
    shop = notebook.frame("app").locator("body")
    expect(shop).to_contain_text("Visit number 1")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3"])
    notebook.reload_panel("app")
    expect(shop).to_contain_text("Visit number 101")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 41"])
    shop.get_by_role("link", name="plums").click()
    expect(shop).to_have_text('{"name":"plums","count":41}')
    assert "{'name': 'plums', 'count': 41}" in [cell.text for cell in outputs]


def test_the_examples_lead_to_each_other(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}lab/index.html?path=fastapi.ipynb")
    follow(page.get_by_role("link", name="forms and uploads"))
    expect(page.get_by_role("heading", name="Templates, files, forms and uploads")).to_be_visible()
    follow(page.get_by_role("link", name="the first example"))
    expect(page.get_by_role("heading", name="A FastAPI app")).to_be_visible()


def test_a_reader_signs_the_guest_book(forms: Notebook) -> None:
    page = open_panel(forms, "guestbook")
    expect(page).to_contain_text("Nobody has signed yet")

    name, message = page.get_by_label("Your name"), page.get_by_label("Your message")
    name.fill("A")
    message.fill("What a <b>fine</b> house!")
    page.get_by_role("button", name="Sign").click()
    expect(name).to_have_accessible_description("String should have at least 2 characters")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(message).to_have_attribute("aria-invalid", "false")
    expect(message).to_have_value("What a <b>fine</b> house!")
    assert forms.value("entries") == "[]"

    name.fill("Ada")
    page.get_by_role("button", name="Sign").click()
    entry = page.get_by_role("article")
    expect(entry).to_contain_text("What a <b>fine</b> house!")
    expect(entry.get_by_role("heading")).to_have_text("Ada")
    expect(name).to_have_value("")
    assert forms.value("[entry.name for entry in entries]") == "['Ada']"

    forms.run('title = "Visitors"')
    forms.reload_panel("guestbook")
    expect(page.get_by_role("heading", level=1)).to_have_text("Visitors")
    expect(entry).to_have_count(1)


def test_the_page_has_its_style_and_shows_what_becomes_of_its_files(forms: Notebook) -> None:
    page = open_panel(forms, "guestbook")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_css("color", "rgb(59, 76, 202)")

    forms.run(edit("static/style.css", "--accent: ", "--accent: teal; --was: "))
    forms.run(edit("templates/guestbook.html", "Sign</button>", "Sign here</button>"))
    forms.reload_panel("guestbook")
    expect(heading).to_have_css("color", "rgb(0, 128, 128)")
    expect(page.get_by_role("button")).to_have_text("Sign here")


def test_the_page_takes_the_theme_of_the_lab(forms: Notebook) -> None:
    page = open_panel(forms, "album")
    for theme, color in (("Dark", "rgb(35, 36, 43)"), ("Light", "rgb(255, 255, 255)")):
        forms.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme}",
        )
        forms.reload_panel("album")
        expect(page.locator("form")).to_have_css("background-color", color)


def test_a_reader_adds_a_picture_to_the_album(forms: Notebook) -> None:
    page = open_panel(forms, "album")
    file, description = page.get_by_label("Picture"), page.get_by_label("What does it show?")
    notes = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"eggs")
    file.set_input_files(notes)
    description.fill("A list")
    page.get_by_role("button", name="Add").click()
    expect(file).to_have_accessible_description("notes.txt is not a picture.")
    expect(description).to_have_value("A list")

    photo = noise(1000, 600)
    assert len(photo) > 2**20
    file.set_input_files(FilePayload(name="snow.png", mimeType="image/png", buffer=photo))
    description.fill("Snow")
    page.get_by_role("button", name="Add").click()
    picture = page.get_by_role("img", name="Snow")
    expect(picture).to_have_js_property("naturalWidth", 1000)
    expect(page.get_by_role("figure")).to_have_text("Snow, 1.8 MB")

    outputs = forms.run(cells_of("forms.ipynb")[-1])
    assert outputs.text.startswith(f"Snow {len(photo)} bytes\n")
    (shown,) = [out["data"]["image/png"] for out in outputs.raw if "data" in out]
    assert base64.b64decode(shown) == photo


def follow(link: Locator) -> None:
    """Click a link to another notebook, once JupyterLab has found where it leads."""
    expect(link).to_have_attribute("href", re.compile("/files/"), timeout=SLOW)
    link.click()


def open_panel(notebook: Notebook, name: str) -> Locator:
    """Bring the panel of an app to the front; give the page in it."""
    notebook.page.get_by_role("tab", name=name, exact=True).click()
    return notebook.frame(name).locator("body")


def edit(file: str, old: str, new: str) -> str:
    """The source of a cell that changes a file of the second example."""
    path = f"Path('forms/{file}')"
    return f"{path}.write_text({path}.read_text().replace({old!r}, {new!r}))"
