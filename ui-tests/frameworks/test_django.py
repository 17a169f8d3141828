"""Django, with its example: a form, photos, the admin, errors, reruns of cells."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import SLOW, Notebook
from material import cell_with, cells_of, noise
from playwright.sync_api import FilePayload, FrameLocator, expect

FRAMEWORK = Framework(
    "Django",
    "django",
    examples=("django.ipynb",),
    patches=(
        "asgiref.patch_sync",
        "django.patch_orm",
        "django.patch_static_files",
        "django.patch_urls",
        "django.patch_migrations",
        "hashlib.patch_pbkdf2",
    ),
    needs="Install `tzdata` as well, which Django needs for time zones. Django reads settings and "
    "models once: restart the kernel after you have changed them.",
)

#: Larger uploads go to a file (FILE_UPLOAD_MAX_MEMORY_SIZE).
IN_MEMORY = 2_621_440

SIZES = "url => fetch(url).then(r => r.arrayBuffer()).then(bytes => bytes.byteLength)"


@pytest.mark.works("the ORM in cells and in views, on SQLite, with migrations")
def test_object_created_in_a_cell_is_on_the_page(example: Notebook) -> None:
    page = open_site(example)
    expect(page.get_by_role("article").last).to_contain_text("Robin (2)")
    applied = "list(MigrationRecorder.Migration.objects.filter(app='birds'))"
    example.run("from django.db.migrations.recorder import MigrationRecorder")
    assert example.value(applied) == "[<Migration: Migration 0001_initial for birds>]"

    example.run("Sighting.objects.get_or_create(bird='Wren', observer='Ada')")
    example.reload_panel("birds")
    page.get_by_role("link", name="Wren (1)").click()
    expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.works("static files of an app and of the admin")
def test_static_files_are_loaded(example: Notebook) -> None:
    page = open_site(example)
    expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(46, 139, 87)")
    open_admin(example)
    expect(page.locator("#header")).to_have_css("background-color", "rgb(65, 118, 144)")
    page.get_by_role("link", name="Users", exact=True).click()
    expect(page.get_by_role("img", name="True")).to_have_js_property("complete", True)
    assert page.get_by_role("img", name="True").evaluate("picture => picture.naturalWidth") > 0


@pytest.mark.works("the admin: login, adding, searching, editing, deleting")
def test_admin_creates_edits_and_deletes(example: Notebook) -> None:
    page = open_admin(example)
    page.locator(".model-sighting").get_by_role("link", name="Add").click()
    page.get_by_label("Bird").fill("Heron")
    count(page, 0)
    page.get_by_label("Observer").fill("Charles")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist").last).to_have_text(
        "Ensure this value is greater than or equal to 1."
    )
    count(page, 3)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("“Heron (3)” was added successfully")

    page.locator("#searchbar").fill("her")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list").get_by_role("link", name="Heron").click()
    count(page, 4)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    page.get_by_role("link", name="View on site").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Heron (4)")

    open_admin(example)
    page.get_by_role("link", name="Sightings", exact=True).click()
    page.locator("#result_list").get_by_role("link", name="Heron").click()
    page.locator(".deletelink").click()
    page.locator(".delete-confirmation #content [type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("“Heron (4)” was deleted successfully")
    assert example.value("Sighting.objects.filter(bird='Heron').exists()") == "False"


@pytest.mark.works("login, with an error for a wrong password, and CSRF protection")
def test_login_and_csrf_protection(example: Notebook) -> None:
    page = open_site(example)
    log_out(example)
    page.get_by_role("link", name="Log in again").click()
    log_in(page, "wrong")
    expect(page.locator(".errornote")).to_contain_text("correct username and password")
    forged = example.fetch("asgi/birds/admin/login/", method="POST", body="username=ada")
    assert (forged.status, "CSRF verification failed" in forged.text) == (403, True)
    log_in(page, "lovelace")
    expect(page.locator("#user-tools")).to_contain_text("ada", timeout=SLOW)
    log_out(example)


@pytest.mark.works(
    "uploads, including those that Django writes to a temporary file, and media files"
)
def test_large_photo_is_uploaded_and_shown(example: Notebook) -> None:
    photo = noise(1100, 900)
    assert len(photo) > IN_MEMORY
    page = open_site(example)
    page.get_by_label("Bird").fill("Crane")
    page.get_by_label("Observer").fill("Grace")
    file = FilePayload(name="crane ü.png", mimeType="image/png", buffer=photo)
    page.get_by_label("Photo").set_input_files(file)
    page.get_by_role("button", name="Add").click()
    picture = page.get_by_role("img", name="Crane")
    expect(picture).to_have_js_property("naturalWidth", 1100)
    assert picture.evaluate(f"picture => ({SIZES})(picture.src)") == len(photo)
    kept = "Sighting.objects.get(bird='Crane').photo"
    assert example.value(f"({kept}.size, {kept}.name)") == f"({len(photo)}, 'photos/crane_ü.png')"


@pytest.mark.works("sessions and messages")
def test_session_keeps_the_observer(example: Notebook) -> None:
    page = open_site(example)
    page.get_by_label("Bird").fill("Owl")
    page.get_by_label("Observer").fill("Mary")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_have_text("Thank you for Owl (1).")
    expect(page.get_by_label("Observer")).to_have_value("Mary")
    example.reload_panel("birds")
    expect(page.get_by_role("status")).to_have_count(0)
    expect(page.get_by_label("Observer")).to_have_value("Mary")


@pytest.mark.works("forms that show their errors and keep the input")
def test_invalid_form_shows_its_errors(example: Notebook) -> None:
    page = open_site(example)
    count(page, 0)
    page.get_by_label("Day").fill("2999-01-01")
    page.get_by_label("Observer").fill("<b>Ada</b>")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text(
        [
            "This field is required.",
            "Ensure this value is greater than or equal to 1.",
            "That day is yet to come.",
        ]
    )
    expect(page.get_by_label("Observer")).to_have_value("<b>Ada</b>")


@pytest.mark.works("Django's debug page for errors, and views changed by a cell")
def test_exception_shows_the_debug_page(example: Notebook) -> None:
    views = cell_with("django.ipynb", "def sightings(")
    broken = views.replace("get_object_or_404(Sighting, pk=pk)", "Sighting.objects.get(pk=pk)")
    assert broken != views
    serve = cell_with("django.ipynb", "%asgi_serve")
    assert example.run(broken).error == ""
    with example.reloading("birds"):
        assert example.run(serve).error == ""
    page = visit(example, "99/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("DoesNotExist")
    expect(page.locator("#summary")).to_contain_text("Sighting matching query does not exist.")

    assert example.run(views).error == ""
    with example.reloading("birds"):
        assert example.run(serve).error == ""
    visit(example, "99/")
    expect(page.locator("body")).to_contain_text("No Sighting matches the given query.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Page not found")


@pytest.mark.works("rerunning all cells")
def test_cells_can_be_rerun(example: Notebook) -> None:
    known = example.value("Sighting.objects.count()")
    errors = [example.run(cell).error for cell in cells_of("django.ipynb")]
    assert set(errors) == {""}
    page = open_site(example)
    expect(page.get_by_role("article")).to_have_count(int(known))
    assert example.value("User.objects.count()") == "1"


def visit(notebook: Notebook, path: str) -> FrameLocator:
    """Open a path of the site in the panel; return the panel's content."""
    return notebook.visit("birds", path)


def open_site(notebook: Notebook) -> FrameLocator:
    """Open the page with the form in the panel."""
    page = visit(notebook, "")
    expect(page.get_by_role("button", name="Add")).to_be_visible(timeout=SLOW)
    return page


def open_admin(notebook: Notebook) -> FrameLocator:
    """Open the admin in the panel, logged in as ``ada``."""
    page = visit(notebook, "admin/")
    expect(page.locator("#site-name")).to_be_visible(timeout=SLOW)
    if page.get_by_label("Password").count():
        log_in(page, "lovelace")
    expect(page.locator("#user-tools")).to_contain_text("ada", timeout=SLOW)
    return page


def count(page: FrameLocator, number: int) -> None:
    """Set the count by script: Playwright's ``fill`` does not replace a number in Firefox.

    Nor do keys suffice: the page may take the focus while they are pressed.
    """
    page.get_by_label("Count").evaluate("(field, value) => (field.value = value)", str(number))


def log_in(page: FrameLocator, password: str) -> None:
    """Fill in the admin's login form and submit it."""
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_out(notebook: Notebook) -> None:
    """Log out of the admin with its button."""
    page = open_admin(notebook)
    page.locator("#logout-form button").click()
    expect(page.locator("#content")).to_contain_text("Logged out")
