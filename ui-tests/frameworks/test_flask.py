"""Flask, with its example: a login, an upload, a streaming page, errors, the test client."""

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
    needs="Define all routes of an app in one cell: "
    "Flask accepts no more once the app has handled a request.",
)

#: Loads a page in a frame; returns the numbers of list items that it showed while it loaded.
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


@pytest.mark.works("routes with parameters, templates, static files, JSON")
def test_pages_link_to_each_other(example: Notebook) -> None:
    page = visit(example, "")
    expect(page.get_by_role("heading")).to_have_css("color", "rgb(210, 105, 30)")
    page.get_by_role("link", name="Pancakes").click()
    expect(page.get_by_role("heading")).to_have_text("Pancakes")
    page.get_by_role("link", name="For two").click()
    expect(page.locator("body")).to_contain_text('"each":6.0')
    answer = example.fetch("asgi/kitchen/recipes/Pancakes/for/5")
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == '{"each":2.4,"name":"Pancakes"}\n'


@pytest.mark.works("templates changed by a cell")
def test_changed_template_is_used(example: Notebook) -> None:
    template = cell_with("flask.ipynb", "%%writefile kitchen/templates/index.html")
    example.run(template.replace("<ul>", "<h2>All of them</h2><ul>"))
    page = visit(example, "")
    expect(page.get_by_role("heading", level=2)).to_have_text("All of them")
    example.run(template)


@pytest.mark.works("password hashes, sessions, flashed messages, redirects with `url_for`")
def test_login_and_logout(example: Notebook) -> None:
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


@pytest.mark.works("forms with files, including large ones")
def test_large_picture_is_uploaded(example: Notebook) -> None:
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


@pytest.mark.works("pages that stream from a generator")
def test_page_streams_from_a_generator(example: Notebook) -> None:
    path = f"{example.site}asgi/kitchen/recipes/Pancakes/along"
    assert example.page.evaluate(WATCH, path) == [1, 2, 3]


@pytest.mark.works("custom pages for 404 and 500, and a log")
def test_errors_have_custom_pages(example: Notebook) -> None:
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
def test_test_client(example: Notebook) -> None:
    result = example.run(cell_with("flask.ipynb", "test_client"))
    assert (result.error, result.text) == ("", "{'each': 4.0, 'name': 'Pancakes'}")
    tried = "with kitchen.test_client() as client:\n    client.get('/'); print(repr(session))"
    assert "Session" in example.run(tried).text


@pytest.mark.works("the traceback on the page, with `PROPAGATE_EXCEPTIONS`")
def test_exceptions_can_be_propagated(example: Notebook) -> None:
    example.run("kitchen.config['PROPAGATE_EXCEPTIONS'] = True")
    page = visit(example, "recipes/Pancakes/for/0")
    expect(page.locator("body")).to_contain_text("ZeroDivisionError")
    expect(page.locator("body")).to_contain_text('find(name)["pieces"] / people')
    example.run("kitchen.config['PROPAGATE_EXCEPTIONS'] = None")


@pytest.mark.works("rerunning all cells")
def test_cells_can_be_rerun(example: Notebook) -> None:
    errors = [example.run(cell).error for cell in cells_of("flask.ipynb")]
    assert set(errors) == {""}
    page = visit(example, "")
    expect(page.get_by_role("listitem")).to_have_text(["Pancakes"])


def visit(notebook: Notebook, path: str) -> FrameLocator:
    """Open a path of the app in the panel; return the panel's content."""
    return notebook.visit("kitchen", path)


def log_in(page: FrameLocator, password: str) -> None:
    """Fill in the login form as Julia, and submit it."""
    page.get_by_label("Name").fill("Julia")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_out(notebook: Notebook) -> FrameLocator:
    """Open the first page in the panel, logged out."""
    page = visit(notebook, "")
    if page.get_by_role("button", name="Log out").count():
        page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    return page
