"""FastAPI by its examples, and by what is too much for a first one."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from claims import Framework
from conftest import guarded
from lab import Answer, Notebook
from material import cell_with, cells_of, noise
from playwright.sync_api import Browser, FilePayload, FrameLocator, Locator, expect

from frameworks.fastapis import BAKERY

FRAMEWORK = Framework(
    "FastAPI", "fastapi", ("fastapi.ipynb", "forms.ipynb"), patches=("anyio.patch_worker_threads",)
)


@pytest.fixture(scope="module")
def forms(browser: Browser, site: str) -> Iterator[Notebook]:
    """The second example after all of its cells have run."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site, path="lab/index.html?path=forms.ipynb")
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        yield notebook


@pytest.fixture(scope="module")
def bakery(example: Notebook) -> Notebook:
    """The notebook of the first example, which serves the bakery as well."""
    assert example.run(BAKERY).error == ""
    return example


@pytest.mark.works("an app and a notebook that share their memory, and a cell that asks the app")
def test_the_app_and_the_notebook_see_what_the_other_changes(example: Notebook) -> None:
    shop = visit(example, "")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 41"])
    example.run(cell_with("fastapi.ipynb", "hits = 100"))
    example.reload_panel("app")
    expect(shop.get_by_text("Visit number")).to_have_text("Visit number 101")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 40"])
    assert example.value("hits") == "101"
    asked = example.run(cell_with("fastapi.ipynb", "pyfetch"))
    assert asked.text == "{'name': 'plums', 'count': 41}"
    shop.get_by_role("link", name="plums").click()
    expect(shop.locator("body")).to_have_text('{"name":"plums","count":41}')


@pytest.mark.works(
    "`/docs`, from the panel, with no CDN on a site that carries FastAPI and Pyodide: an operation "
    "is opened, filled in and executed, its answer shown, and the notebook sees what it changed"
)
def test_docs_try_an_operation_out(example: Notebook) -> None:
    docs = visit(example, "")
    docs.get_by_role("link", name="Try its API").click()
    operation = docs.locator(".opblock-put")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    # React takes what is typed; in Firefox it does not see what is filled in.
    operation.get_by_placeholder("name").press_sequentially("figs")
    operation.get_by_placeholder("count").press_sequentially("7")
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".highlight-code")).to_contain_text('"count": 7')
    asked = f"{example.site}asgi/app/items/figs?count=7"
    expect(operation.locator(".request-url")).to_contain_text(asked)
    assert example.value("stock['figs']") == "7"


@pytest.mark.works(
    "`/redoc`, with no CDN on such a site: operations are listed, and found by search"
)
def test_redoc_lists_the_operations(example: Notebook) -> None:
    tab = example.page.context.new_page()
    tab.goto(f"{example.site}asgi/app/redoc")
    expect(tab.get_by_role("menuitem")).to_have_text(["getHome", "getItem", "putPut"])
    expect(tab.get_by_role("heading", name="Put")).to_be_visible()
    expect(tab.locator("body")).to_contain_text("/items/{name}")
    tab.get_by_placeholder("Search...").press_sequentially("put")
    expect(tab.get_by_role("search").get_by_role("menuitem")).to_have_text(["putPut"])
    icon = tab.locator("link[rel~=icon]").evaluate("link => link.href")
    assert icon.startswith(example.site)
    tab.close()


@pytest.mark.works("plain and async endpoints and dependencies, also with `yield`, lifespan state")
@pytest.mark.works("models as JSON, and what is wrong with them as JSON")
def test_orders_are_taken_or_refused(bakery: Notebook) -> None:
    for path in ("plain", "async"):
        taken = order(bakery, f"{path}?by=Bo", bread="rolls", count=3)
        assert json.loads(taken.text) == {
            "order": {"bread": "rolls", "count": 3},
            "baker": "Bo with rye",
        }
        assert bakery.value("put_back.pop()") == "'rye'"
        refused = order(bakery, path, bread="x", count=0)
        assert refused.status == 422
        wrong = [
            (problem["loc"], problem["type"]) for problem in json.loads(refused.text)["detail"]
        ]
        assert wrong == [
            (["body", "bread"], "string_too_short"),
            (["body", "count"], "greater_than"),
        ]


@pytest.mark.works("background tasks, plain and async, which do not hold the answer up")
def test_an_order_is_answered_before_it_is_baked(bakery: Notebook) -> None:
    bakery.run("oven.clear(); baked.clear()")
    assert order(bakery, "later", bread="rolls", count=1).text == '"soon"'
    assert bakery.value("baked") == "[]"
    bakery.run("oven.set(); await delivered.wait()")
    assert bakery.value("baked") == "['rolls', 'delivered']"


@pytest.mark.works("streams of plain generators, and of async ones, which are shown as they come")
def test_loaves_are_shown_as_they_are_baked(bakery: Notebook) -> None:
    bakery.run("oven.clear()")
    tab = bakery.page.context.new_page()
    tab.goto(f"{bakery.site}asgi/bakery/loaves", wait_until="commit")
    loaves = tab.get_by_role("listitem")
    expect(loaves).to_have_text(["first"])
    bakery.run("oven.set()")
    expect(loaves).to_have_text(["first", "second"])
    tab.close()
    assert bakery.fetch("asgi/bakery/crumbs").text == "012"


@pytest.mark.works("lifespan")
def test_the_bakery_opens_and_closes(bakery: Notebook) -> None:
    assert bakery.value("doors") == "['opened']"
    assert bakery.run("%asgi_stop bakery").error == ""
    assert bakery.value("doors") == "['opened', 'closed']"


@pytest.mark.works(
    "models that check what a form sends, and a page of one's own about what is wrong"
)
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


@pytest.mark.works("templates and static files, also those that a cell has changed")
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


@pytest.mark.works("uploads, also of more than 1 MB")
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


def visit(notebook: Notebook, path: str) -> FrameLocator:
    """Have the panel of the first example show an address of it; give the page in it."""
    return notebook.visit("app", path)


def order(notebook: Notebook, path: str, **sent: object) -> Answer:
    """Send an order to the bakery, as a script of a page does."""
    headers = {"content-type": "application/json"}
    body = json.dumps(sent)
    return notebook.fetch(f"asgi/bakery/{path}", method="POST", headers=headers, body=body)


def open_panel(notebook: Notebook, name: str) -> Locator:
    """Bring the panel of an app to the front; give the page in it."""
    notebook.page.get_by_role("tab", name=name, exact=True).click()
    return notebook.frame(name).locator("body")


def edit(file: str, old: str, new: str) -> str:
    """The source of a cell that changes a file of the second example."""
    path = f"Path('forms/{file}')"
    return f"{path}.write_text({path}.read_text().replace({old!r}, {new!r}))"
