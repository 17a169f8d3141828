"""Declarations of published apps: what they say, and each fault's sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlite_asgi.build.apps.declaration import PublishedApp, read
from jupyterlite_asgi.build.errors import BuildError

from .support import notebook, write

SHOP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "apps/shop.py": SHOP,
            "apps/templates/page.html": "<p>",
            "apps/templates/parts/row.html": "<tr>",
            "apps/templates/.hidden": "",
            "apps/templates/__pycache__/page.pyc": "",
            "apps/shop.png": "",
            "static/shop.css": "p {}",
            "logo.svg": "<svg/>",
        },
    )
    return tmp_path


def one(declared: dict[str, Any] | str, base: Path) -> PublishedApp:
    (app,) = read({"shop": declared}, base)
    return app


def fault(declared: Any, base: Path) -> str:
    with pytest.raises(BuildError) as caught:
        read(declared, base)
    return str(caught.value).replace(str(base), "BASE")


def targets(app: PublishedApp) -> list[str]:
    return [target for _, target in app.files]


def test_fields_are_read(base: Path) -> None:
    declared = {
        "app": "apps/shop.py:app",
        "requirements": ["fastapi>=0.100", "jinja2"],
        "files": ["apps/templates", "static", "logo.svg"],
        "title": " The shop ",
        "icon": "apps/shop.png",
        "notebook": "notebooks/shop.ipynb",
        "options": {"timeout": 5, "strip_prefix": True},
    }
    assert one(declared, base) == PublishedApp(
        name="shop",
        title="The shop",
        source=base / "apps/shop.py",
        expression="app",
        code=SHOP,
        requirements=("fastapi>=0.100", "jinja2"),
        files=(
            (base / "logo.svg", "logo.svg"),
            (base / "apps/shop.py", "shop.py"),
            (base / "static/shop.css", "static/shop.css"),
            (base / "apps/templates/page.html", "templates/page.html"),
            (base / "apps/templates/parts/row.html", "templates/parts/row.html"),
        ),
        icon=base / "apps/shop.png",
        notebook="notebooks/shop.ipynb",
        options={"timeout": 5, "strip_prefix": True},
    )


def test_short_form_has_defaults(base: Path) -> None:
    assert one("apps/shop.py", base) == PublishedApp(
        name="shop",
        title="Shop",
        source=base / "apps/shop.py",
        expression="app",
        code=SHOP,
        requirements=("fastapi",),
        files=((base / "apps/shop.py", "shop.py"),),
        icon=None,
        notebook="",
        options={},
    )


@pytest.mark.parametrize(
    "title", ["\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "\u0645\u06cc\u200c\u062e", "a\xa0b"]
)
def test_title_has_characters_of_all_scripts(base: Path, title: str) -> None:
    (app,) = read({"shop": {"app": "apps/shop.py", "title": title}}, base)
    assert app.title == title


@pytest.mark.parametrize(
    ("name", "title"),
    [("shop", "Shop"), ("my-shop_2", "My shop 2"), ("myAPI", "MyAPI"), ("2", "2"), ("a--", "A")],
)
def test_title_comes_from_the_name(base: Path, name: str, title: str) -> None:
    (app,) = read({name: "apps/shop.py"}, base)
    assert (app.name, app.title) == (name, title)


@pytest.mark.parametrize("expression", ["api", "api.inner", "create_app()", "make.app(debug=True)"])
def test_expression_is_read(base: Path, expression: str) -> None:
    write(base, {"x.py": "api = make = None\ndef create_app(): ...\n"})
    assert one(f"x.py:{expression}", base).expression == expression


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        (3, "A declaration takes a path or an object, as in {{'app': 'apps/shop.py'}}, not 3."),
        (None, "A declaration takes a path or an object, as in {{'app': …"),
        ({}, '`app` is missing: add a file, as in "app": "apps/shop.py:app".'),
        ("", '`app` is missing: add a file, as in "app": "apps/shop.py:app".'),
        ({"app": 3}, '`app` takes a string, as in "apps/shop.py:app", not 3.'),
        ("apps/cart.py", "There is no file 'apps/cart.py' in BASE: correct the path."),
        ("apps", "apps is neither a .py file nor a notebook: declare one of these."),
        ("logo.svg", "logo.svg is neither a .py file nor a notebook: declare one of these."),
        ("../shop.py", "../shop.py is outside of BASE: copy it into that folder."),
        ("/etc/shop.py", "/etc/shop.py is outside of BASE: copy it into that folder."),
        ("a\0.py", "'a\\x00.py' cannot be a path: correct it."),
        (
            "apps/shop.py:a b",
            (
                "`a b` is not the name of an app: write an identifier, a dotted path, or a "
                "call such "
                "as create_app()."
            ),
        ),
        (
            "apps/shop.py:api",
            "apps/shop.py has no `api`: name the app in it, as in apps/shop.py:app.",
        ),
        (
            {"app": "apps/shop.py", "persist": True},
            (
                "`persist` is not available yet: remove it; an app's files last until its tab is "
                "closed."
            ),
        ),
        (
            {"app": "apps/shop.py", "requirement": []},
            "A declaration has no `requirement`: did you mean `requirements`?",
        ),
        (
            {"app": "apps/shop.py", "qqq": []},
            (
                "A declaration has no `qqq`: use app, title, requirements, files, icon, notebook, "
                "options."
            ),
        ),
        (
            {"app": "apps/shop.py", "requirements": "fastapi"},
            "`requirements` takes a list of strings, as in [\"fastapi\"], not 'fastapi'.",
        ),
        (
            {"app": "apps/shop.py", "requirements": ["a b"]},
            (
                "`a b` is not a requirement (Expected semicolon (after name with no "
                "version specifier) "
                "or end): write NAME or NAME==1.0."
            ),
        ),
        (
            {"app": "apps/shop.py", "files": [1]},
            '`files` takes a list of strings, as in ["apps/templates"], not [1].',
        ),
        (
            {"app": "apps/shop.py", "files": ["apps/none"]},
            "There is no file 'apps/none' in BASE: correct the path.",
        ),
        (
            {"app": "apps/shop.py", "files": ["../x"]},
            "../x is outside of BASE: copy it into that folder.",
        ),
        (
            {"app": "apps/shop.py", "files": ["empty"]},
            "BASE/empty is an empty folder: put files into it, or remove it.",
        ),
        (
            {"app": "apps/shop.py", "files": ["other/shop.py"]},
            (
                "BASE/apps/shop.py and BASE/other/shop.py would both be shop.py in the "
                "app's folder: "
                "rename one."
            ),
        ),
        (
            {"app": "apps/shop.py", "title": "a\nb"},
            "`title` takes one line of text, not 'a\\nb'.",
        ),
        (
            {"app": "apps/shop.py", "icon": "apps/shop.py"},
            "`apps/shop.py` is no picture: use a file that ends in .png, .svg or .ico.",
        ),
        (
            {"app": "apps/shop.py", "icon": "apps/cart.png"},
            "There is no file 'apps/cart.png' in BASE: correct the path.",
        ),
        (
            {"app": "apps/shop.py", "notebook": "../a.ipynb"},
            (
                "`../a.ipynb` is no notebook of the site: write its path in the site's "
                "contents, as in "
                '"shop.ipynb".'
            ),
        ),
        (
            {"app": "apps/shop.py", "options": ["timeout"]},
            "`options` takes an object, as in {\"timeout\": 5}, not ['timeout'].",
        ),
        (
            {"app": "apps/shop.py", "options": {"time_out": 5}},
            "A published app has no option `time_out`: did you mean `timeout`?",
        ),
        (
            {"app": "apps/shop.py", "options": {"open": "tab"}},
            (
                "A published app has no option `open`: use timeout, startup_timeout, inject, "
                "interface, strip_prefix, limit_concurrency, limit_headers, limit_body."
            ),
        ),
        (
            {"app": "apps/shop.py", "options": {"timeout": "5"}},
            "The option timeout takes a number of seconds, not '5'.",
        ),
        (
            {"app": "apps/shop.py", "options": {"timeout": -1}},
            "A timeout of -1 is invalid: use a number of seconds above 0.",
        ),
    ],
)
def test_fault_is_one_sentence(base: Path, declared: Any, sentence: str) -> None:
    write(base, {"other/shop.py": ""})
    (base / "empty").mkdir()
    expected = sentence.replace("{{'app': 'apps/shop.py'}}", '{"app": "apps/shop.py"}')
    found = fault({"shop": declared}, base)
    if expected.endswith("…"):
        assert found.endswith('as in {"app": "apps/shop.py"}, not None.')
    else:
        assert found == f"App shop: {expected}"


def test_name_is_checked(base: Path) -> None:
    assert fault({"a b": "apps/shop.py"}, base) == (
        "App a b: 'a b' is not a valid name: use up to 64 letters (A to Z), digits, “-” and “_”, "
        "starting with a letter or a digit."
    )
    assert fault({3: "apps/shop.py"}, base) == "App 3: The option name takes a string, not 3."
    assert fault({"shop": "apps/shop.py", "Shop": "apps/shop.py"}, base) == (
        "App Shop: shop.py and shop.py would have the same URL: choose a name that differs in more "
        "than its case."
    )


@pytest.mark.parametrize("declared", [None, 3, ["apps/shop.py"]])
def test_apps_must_be_a_path_or_an_object(base: Path, declared: Any) -> None:
    assert fault(declared, base) == (
        '`apps` takes a folder of apps or an object, as in {"shop": "apps/shop.py"}, not '
        f"{declared!r}."
    )


def test_a_single_source_is_an_app_with_its_name(base: Path) -> None:
    (app,) = read("apps/shop.py:app", base)
    assert (app.name, app.expression) == ("shop", "app")
    assert fault("apps/cart.py", base) == (
        "App cart: There is no file 'apps/cart.py' in BASE: correct the path."
    )


def test_each_source_in_a_folder_is_an_app(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "apps/shop.py": "import helpers\napp = None\n",
            "apps/helpers.py": "",
            "apps/_unused.py": "",
            "apps/data.csv": "1",
            "apps/pictures/a.png": "",
            "apps/.venv/x": "",
            "apps/env/pyvenv.cfg": "",
            "apps/out/index.html": "",
        },
    )
    notebook(tmp_path / "apps/quiz.ipynb", "app = None\n%asgi_serve app --name my-quiz")
    quiz, shop = read("apps/", tmp_path, [tmp_path / "apps/out"])
    assert (quiz.name, targets(quiz)) == ("my-quiz", ["data.csv", "pictures/a.png"])
    assert (shop.name, shop.title) == ("shop", "Shop")
    assert targets(shop) == ["data.csv", "helpers.py", "pictures/a.png", "shop.py"]
    assert read("apps", tmp_path, [tmp_path / "apps/out"]) == [quiz, shop]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "apps has no app: put a .py file or a notebook into that folder."),
        (
            {"helpers.py": ""},
            (
                "App helpers: helpers.py has no `app`: define it, or name the app in it, as in "
                "helpers.py:NAME."
            ),
        ),
        (
            {"a b.py": "app = 1"},
            (
                "App a b: 'a b' is not a valid name: use up to 64 letters (A to Z), "
                "digits, “-” and "
                "“_”, starting with a letter or a digit."
            ),
        ),
        (
            {"x.py": "app = 1", "X.py": "app = 1"},
            (
                "App x: x.py and X.py would have the same URL: choose a name that differs "
                "in more than "
                "its case."
            ),
        ),
        (
            {"x.py": "app = ("},
            (
                "App x: Line 1 of x.py is not valid Python 3.11 ('(' was never closed): "
                "correct it, "
                "or build with the Python that it needs."
            ),
        ),
    ],
)
def test_fault_in_a_folder(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    (tmp_path / "apps").mkdir()
    write(tmp_path / "apps", files)
    found = fault("apps", tmp_path)
    version = ".".join(map(str, __import__("sys").version_info[:2]))
    assert found == sentence.replace("3.11", version)


def test_folder_must_exist(tmp_path: Path) -> None:
    assert fault("apps", tmp_path) == "There is no file 'apps' in BASE: correct the path."


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_stay_in_the_folder_of_sources(base: Path) -> None:
    declared = {"app": "apps/shop.py", "files": ["apps/links"]}
    links = base / "apps/links"
    links.mkdir()
    (links / "logo.svg").symlink_to(base / "logo.svg")
    assert targets(one(declared, base)) == ["links/logo.svg", "shop.py"]
    (links / "out").symlink_to("/")
    assert fault({"shop": declared}, base) == (
        "App shop: BASE/apps/links/out is outside of BASE: copy it into that folder."
    )
    (links / "out").unlink()
    (links / "round").symlink_to(base / "apps")
    assert fault({"shop": declared}, base) == (
        "App shop: BASE/apps/links/round/links is a link to a folder that contains it: remove it."
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["app", "title", "requirements", "files", "icon", "notebook", "options", "persist", "name"]
)


@given(st.dictionaries(st.text(), VALUES | st.dictionaries(KEYS, VALUES)) | VALUES)
def test_nonsense_is_a_build_error(declared: Any) -> None:
    folder = Path(__file__).parent / "none"
    message = ""
    try:
        read(declared, folder)
    except BuildError as error:
        message = str(error)
    assert bool(message) == (declared != {})
    assert message.endswith((".", "?")) or not message
