"""FastAPI, with its examples and with an app that uses more of its features."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from claims import Framework
from conftest import guarded
from lab import Answer, Notebook
from material import cell_with, cells_of, installing, noise
from playwright.sync_api import Browser, FilePayload, FrameLocator, Locator, expect

from frameworks.fastapis import BAKERY, MOUNTING

FRAMEWORK = Framework(
    "FastAPI", "fastapi", ("fastapi.ipynb", "forms.ipynb"), patches=("anyio.patch_worker_threads",)
)


@pytest.fixture(scope="module")
def forms(browser: Browser, site: str) -> Iterator[Notebook]:
    """The second example, with all cells run."""
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site, path="lab/index.html?path=forms.ipynb")
        assert [cell.error for cell in notebook.run_all() if cell.error] == []
        yield notebook


@pytest.fixture(scope="module")
def bakery(example: Notebook) -> Notebook:
    """The notebook of the first example, which also serves the bakery."""
    assert example.run(BAKERY).error == ""
    return example


@pytest.mark.works("memory shared by app and notebook, and requests from a cell")
def test_app_and_notebook_share_their_memory(example: Notebook) -> None:
    shop = visit(example, "")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 41"])
    example.run(cell_with("fastapi.ipynb", "hits = 100"))
    example.reload_panel("app")
    expect(shop.get_by_text("Visit number")).to_have_text("Visit number 101")
    expect(shop.get_by_role("listitem")).to_have_text(["apples: 12", "pears: 3", "plums: 40"])
    assert example.value("hits") == "101"
    fetched = example.run(cell_with("fastapi.ipynb", "pyfetch"))
    assert fetched.text == "{'name': 'plums', 'count': 41}"
    shop.get_by_role("link", name="plums").click()
    expect(shop.locator("body")).to_have_text('{"name":"plums","count":41}')


@pytest.mark.works(
    "`/docs` in the panel, without a CDN on a site that bundles FastAPI and Pyodide: trying out "
    "an operation, whose effect the notebook sees"
)
def test_docs_try_out_an_operation(example: Notebook) -> None:
    docs = visit(example, "")
    docs.get_by_role("link", name="Try its API").click()
    operation = docs.locator(".opblock-put")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    # In Firefox, React does not notice Playwright's ``fill``.
    operation.get_by_placeholder("name").press_sequentially("figs")
    operation.get_by_placeholder("count").press_sequentially("7")
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".highlight-code")).to_contain_text('"count": 7')
    url = f"{example.site}asgi/app/items/figs?count=7"
    expect(operation.locator(".request-url")).to_contain_text(url)
    assert example.value("stock['figs']") == "7"


@pytest.mark.works("`/redoc`, without a CDN on such a site: the list of operations, and the search")
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


@pytest.mark.works(
    "`def` and `async def` endpoints and dependencies, including those with `yield`, and lifespan "
    "state"
)
@pytest.mark.works("models as JSON, with validation errors as JSON")
def test_orders_are_validated(bakery: Notebook) -> None:
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


@pytest.mark.works("`def` and `async def` background tasks, which do not delay the response")
def test_background_tasks_run_after_the_response(bakery: Notebook) -> None:
    bakery.run("oven.clear(); baked.clear()")
    assert order(bakery, "later", bread="rolls", count=1).text == '"soon"'
    assert bakery.value("baked") == "[]"
    bakery.run("oven.set(); await delivered.wait()")
    assert bakery.value("baked") == "['rolls', 'delivered']"


@pytest.mark.works("streams from plain generators, and from async ones, shown as they arrive")
def test_streams_are_shown_as_they_arrive(bakery: Notebook) -> None:
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
def test_lifespan_runs(bakery: Notebook) -> None:
    assert bakery.value("doors") == "['opened']"
    assert bakery.run("%asgi_stop bakery").error == ""
    assert bakery.value("doors") == "['opened', 'closed']"


@pytest.mark.works("models that validate forms, and a custom page for validation errors")
def test_form_is_validated(forms: Notebook) -> None:
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


@pytest.mark.works("templates and static files, including those changed by a cell")
def test_changed_templates_and_styles_are_used(forms: Notebook) -> None:
    page = open_panel(forms, "guestbook")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_css("color", "rgb(59, 76, 202)")

    forms.run(edit("static/style.css", "--accent: ", "--accent: teal; --was: "))
    forms.run(edit("templates/guestbook.html", "Sign</button>", "Sign here</button>"))
    forms.reload_panel("guestbook")
    expect(heading).to_have_css("color", "rgb(0, 128, 128)")
    expect(page.get_by_role("button")).to_have_text("Sign here")


def test_page_follows_the_theme_of_the_lab(forms: Notebook) -> None:
    page = open_panel(forms, "album")
    for theme, color in (("Dark", "rgb(35, 36, 43)"), ("Light", "rgb(255, 255, 255)")):
        forms.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme}",
        )
        forms.reload_panel("album")
        expect(page.locator("form")).to_have_css("background-color", color)


@pytest.mark.works("a Flask app mounted with `a2wsgi`")
def test_wsgi_app_is_mounted(example: Notebook) -> None:
    assert example.run("%pip install flask").error == ""
    assert example.run(installing("a2wsgi")).error == ""
    assert example.run(MOUNTING).error == ""
    assert example.fetch("asgi/mounting/v2").text == '{"message":"hi"}'
    answer = example.fetch("asgi/mounting/v1/", method="POST", body="Flask")
    assert (answer.status, answer.text) == (200, "Hello from Flask")


@pytest.mark.works("uploads, including those over 1 MB")
def test_picture_is_uploaded(forms: Notebook) -> None:
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
    """Open a path of the first example in its panel; return the panel's content."""
    return notebook.visit("app", path)


def order(notebook: Notebook, path: str, **sent: object) -> Answer:
    """Send an order to the bakery, as a page's script would."""
    headers = {"content-type": "application/json"}
    body = json.dumps(sent)
    return notebook.fetch(f"asgi/bakery/{path}", method="POST", headers=headers, body=body)


def open_panel(notebook: Notebook, name: str) -> Locator:
    """Bring an app's panel to the front; return its content."""
    notebook.page.get_by_role("tab", name=name, exact=True).click()
    return notebook.frame(name).locator("body")


def edit(file: str, old: str, new: str) -> str:
    """The source of a cell that edits a file of the second example."""
    path = f"Path('forms/{file}')"
    return f"{path}.write_text({path}.read_text().replace({old!r}, {new!r}))"
