"""Flask by its example: a login, an upload, a page that comes in parts, errors, a client."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from material import cell_with, cells_of, noise
from playwright.sync_api import FilePayload, FrameLocator, expect

FRAMEWORK = Framework(
    "Flask",
    "flask",
    examples=("flask.ipynb",),
    patches=("hashlib.patch_pbkdf2", "werkzeug.patch_password_hash"),
    needs="All routes of an app belong in one cell: "
    "Flask takes no more of them once the app has answered.",
)

#: What the page has shown of a list while it came, from its first item on.
WATCH = """path => new Promise(resolve => {
  const frame = document.createElement('iframe');
  const seen = [];
  const look = () => {
    const page = frame.contentDocument;
    const count = page.querySelectorAll('li').length;
    if (count && count !== seen.at(-1)) seen.push(count);
    if (!page.querySelector('p')) return requestAnimationFrame(look);
    frame.remove();
    resolve(seen);
  };
  frame.src = path;
  document.body.append(frame);
  look();
})"""


@pytest.mark.works("routes with variables, templates, static files, JSON")
def test_pages_lead_to_each_other(example: Notebook) -> None:
    page = visit(example, "")
    expect(page.get_by_role("heading")).to_have_css("color", "rgb(210, 105, 30)")
    page.get_by_role("link", name="Pancakes").click()
    expect(page.get_by_role("heading")).to_have_text("Pancakes")
    page.get_by_role("link", name="For two").click()
    expect(page.locator("body")).to_contain_text('"each":6.0')
    answer = example.fetch("asgi/kitchen/recipes/Pancakes/for/5")
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == '{"each":2.4,"name":"Pancakes"}\n'


@pytest.mark.works("a template that a cell has changed")
def test_a_template_that_was_changed_is_read_again(example: Notebook) -> None:
    template = cell_with("flask.ipynb", "%%writefile kitchen/templates/index.html")
    example.run(template.replace("<ul>", "<h2>All of them</h2><ul>"))
    page = visit(example, "")
    expect(page.get_by_role("heading", level=2)).to_have_text("All of them")
    example.run(template)


@pytest.mark.works("passwords, sessions, messages, and redirects by `url_for`")
def test_a_cook_logs_in_and_out(example: Notebook) -> None:
    page = log_out(example)
    page.get_by_role("link", name="Log in").click()
    log_in(page, "margarine")
    expect(page.get_by_role("status")).to_have_text("No cook has that name and password.")
    log_in(page, "butter")
    expect(page.get_by_role("status")).to_have_text("Welcome, Julia.")
    expect(page.get_by_role("button", name="Add")).to_be_visible()
    example.reload_panel("kitchen")
    expect(page.get_by_role("status")).to_have_count(0)
    page.get_by_role("button", name="Log out Julia").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    expect(page.get_by_role("button", name="Add")).to_have_count(0)
    assert example.value("cooks['Julia'].split(':')[0]") == "'pbkdf2'"


@pytest.mark.works("forms with files, also large ones")
def test_a_recipe_has_a_large_picture(example: Notebook) -> None:
    photo = noise(1000, 600)
    assert len(photo) > 2**20
    page = log_out(example)
    page.get_by_role("link", name="Log in").click()
    log_in(page, "butter")
    expect(page.get_by_role("status")).to_have_text("Welcome, Julia.")
    page.get_by_label("Name").fill("Rösti & eggs")
    page.get_by_label("Steps").fill("Grate.\nFry.")
    file = FilePayload(name="rösti.png", mimeType="image/png", buffer=photo)
    page.get_by_label("Picture").set_input_files(file)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_have_text("Rösti & eggs is in the book.")
    picture = page.get_by_role("img", name="Rösti & eggs")
    expect(picture).to_have_js_property("naturalWidth", 1000)
    expect(page.locator("body")).to_contain_text("4 pieces, in 2 steps")
    assert example.value("len(recipes['Rösti & eggs']['picture'])") == str(len(photo))


@pytest.mark.works("a page that is shown as its generator gives it")
def test_a_page_is_shown_step_by_step(example: Notebook) -> None:
    path = f"{example.site}asgi/kitchen/recipes/Pancakes/along"
    assert example.page.evaluate(WATCH, path) == [1, 2, 3]


@pytest.mark.works("pages of one's own for what is not found and what raises, and a log")
def test_errors_have_pages_of_their_own(example: Notebook) -> None:
    assert example.fetch("asgi/kitchen/recipes/soup").status == 404
    page = visit(example, "recipes/soup")
    expect(page.get_by_role("heading")).to_have_text("There is no such recipe")
    assert example.fetch("asgi/kitchen/recipes/Pancakes/for/0").status == 500
    page = visit(example, "recipes/Pancakes/for/0")
    expect(page.get_by_role("heading")).to_have_text("Something burnt")
    log = example.run(cell_with("flask.ipynb", "server.log")).text
    assert 'find(name)["pieces"] / people' in log
    assert "ZeroDivisionError" in log


@pytest.mark.works("`app.test_client()` in a cell")
def test_its_own_client_asks_the_app(example: Notebook) -> None:
    asked = example.run(cell_with("flask.ipynb", "test_client"))
    assert (asked.error, asked.text) == ("", "{'each': 4.0, 'name': 'Pancakes'}")
    tried = "with kitchen.test_client() as client:\n    client.get('/'); print(repr(session))"
    assert "Session" in example.run(tried).text


@pytest.mark.works("the traceback on the page, with `PROPAGATE_EXCEPTIONS`")
def test_an_app_may_let_its_errors_through(example: Notebook) -> None:
    example.run("kitchen.config['PROPAGATE_EXCEPTIONS'] = True")
    page = visit(example, "recipes/Pancakes/for/0")
    expect(page.locator("body")).to_contain_text("ZeroDivisionError")
    expect(page.locator("body")).to_contain_text('find(name)["pieces"] / people')
    example.run("kitchen.config['PROPAGATE_EXCEPTIONS'] = None")


@pytest.mark.works("running all cells again")
def test_all_cells_run_again(example: Notebook) -> None:
    errors = [example.run(cell).error for cell in cells_of("flask.ipynb")]
    assert set(errors) == {""}
    page = visit(example, "")
    expect(page.get_by_role("listitem")).to_have_text(["Pancakes"])


def visit(notebook: Notebook, path: str) -> FrameLocator:
    """Have the panel show an address of the app; give the page in it."""
    return notebook.visit("kitchen", path)


def log_in(page: FrameLocator, password: str) -> None:
    """Fill the login in as Julia, and send it."""
    page.get_by_label("Name").fill("Julia")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_out(notebook: Notebook) -> FrameLocator:
    """Have the panel show the first page, to nobody in particular."""
    page = visit(notebook, "")
    if page.get_by_role("button", name="Log out").count():
        page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    return page
