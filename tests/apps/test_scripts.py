"""Scripts: names, inline metadata, modules beside them, and guessed requirements."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlite_asgi.build.apps import scripts
from jupyterlite_asgi.build.apps.declaration import PublishedApp, read
from jupyterlite_asgi.build.errors import BuildError

from .support import write


def app_of(folder: Path, code: str, path: str = "shop.py") -> PublishedApp:
    write(folder, {path: code})
    (app,) = read({"shop": path}, folder)
    return app


def fault(folder: Path, code: str, path: str = "shop.py") -> str:
    with pytest.raises(BuildError) as caught:
        app_of(folder, code, path)
    return str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "app = 1",
        "app: object = 1",
        "app = other = 1",
        "a, (app, *b) = x",
        "a, *app = x",
        "def app(): ...",
        "async def app(): ...",
        "class app: ...",
        "import app",
        "import app.inner",
        "import x as app",
        "from x import app",
        "from x import y as app",
        "from x import *",
        "if True:\n    app = 1",
        "try:\n    pass\nexcept E:\n    app = 1\nelse:\n    pass",
        "with x as app: ...",
        "for app in x: ...",
        "while True:\n    app = 1",
        "print(app := 1)",
        "match x:\n    case [app]: ...",
        "match x:\n    case [*app]: ...",
        "match x:\n    case {**app}: ...",
        "def make():\n    global app\n    app = 1",
        "globals()['app'] = 1",
        "exec('app = 1')",
    ],
)
def test_app_is_found(tmp_path: Path, code: str) -> None:
    assert app_of(tmp_path, code).code == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "app",
        "app: object",
        "import x.app",
        "from app import x",
        "def make():\n    app = 1",
        "class A:\n    app = 1",
        "[app for app in x]",
        "x = lambda app: app",
        "x.app = 1",
        "'app = 1'",
        "# app = 1",
    ],
)
def test_missing_app_is_reported(tmp_path: Path, code: str) -> None:
    assert fault(tmp_path, code) == (
        "App shop: shop.py has no `app`: define it, or name the app in it, as in shop.py:NAME."
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("api = FastAPI()", "api"),
        ("x = 1\napi = fastapi.FastAPI(title='x')", "api"),
        ("application = get_wsgi_application()", "application"),
        ("apps = 1", "apps"),
    ],
)
def test_another_name_is_suggested(tmp_path: Path, code: str, name: str) -> None:
    assert fault(tmp_path, code) == (
        f"App shop: shop.py has no `app`: name the app in it, as in shop.py:{name}."
    )


def test_script_must_be_python(tmp_path: Path) -> None:
    assert "Line 2 of shop.py is not valid Python" in fault(tmp_path, "app = 1\napp = = 2\n")
    assert "('await' outside function)" in fault(tmp_path, "app = await make()")
    assert fault(tmp_path, "app = '\0'").startswith("App shop: ")
    assert fault(tmp_path, f"app = {'-' * 100_000}1") == (
        "App shop: shop.py cannot be parsed, because it is nested too deeply: write it simpler."
    )
    (tmp_path / "bytes.py").write_bytes(b"app = '\xff'")
    with pytest.raises(BuildError) as caught:
        read({"shop": "bytes.py"}, tmp_path)
    assert str(caught.value) == ("App shop: bytes.py cannot be read as text: save it in UTF-8.")


def test_declared_encoding_is_used(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_bytes("# coding: latin-1\r\napp = 'é'\r\n".encode("latin-1"))
    (app,) = read("shop.py", tmp_path)
    assert app.code == "# coding: latin-1\napp = 'é'\n"


@given(st.text() | st.binary())
def test_no_text_is_a_surprise(text: str | bytes) -> None:
    code = text if isinstance(text, str) else text.decode("latin-1")
    with suppress(BuildError):
        scripts.names(scripts.parse(code, "x.py"))


INLINE = """#!/usr/bin/env python
# /// script
# requires-python = ">=3.10"
# dependencies = [
#   "fastapi>=0.100",
#
#   "jinja2",
# ]
# ///
import starlette
app = 1
"""


def test_inline_metadata_have_requirements(tmp_path: Path) -> None:
    assert app_of(tmp_path, INLINE).requirements == ("fastapi>=0.100", "jinja2")
    declared = {"app": "shop.py", "requirements": ["httpx", "jinja2"]}
    (app,) = read({"shop": declared}, tmp_path)
    assert app.requirements == ("httpx", "jinja2", "fastapi>=0.100")


@pytest.mark.parametrize(
    ("block", "requirements"),
    [
        ("# /// script\n# dependencies = []\n# ///\n", ()),
        ("# /// script\n# dependencies = ['a']\n# ///\n# ///\n", None),
        ("# /// script\n# x = 1\n# ///\n", ("starlette",)),
        ("# /// script\n# dependencies = ['a']\n", ("starlette",)),
        ("# /// script\n# dependencies = ['a']\n\n# ///\n", ("starlette",)),
        ("# /// other\n# dependencies = ['a']\n# ///\n", ("starlette",)),
        ("  # /// script\n  # dependencies = ['a']\n  # ///\n", ("starlette",)),
    ],
)
def test_inline_metadata_follow_pep_723(
    tmp_path: Path, block: str, requirements: tuple[str, ...] | None
) -> None:
    code = f"{block}import starlette\napp = 1\n"
    if requirements is None:
        assert "is not valid TOML" in fault(tmp_path, code)
    else:
        assert app_of(tmp_path, code).requirements == requirements


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (
            "# /// script\n# ///\n\n# /// script\n# ///\n",
            "shop.py has 2 blocks `# /// script`: keep one.",
        ),
        (
            '# /// script\n# dependencies = "a"\n# ///\n',
            (
                "The `dependencies` in the block `# /// script` of shop.py are no list of "
                'requirements: write them as in dependencies = ["fastapi"].'
            ),
        ),
        (
            '# /// script\n# dependencies = ["-r x.txt"]\n# ///\n',
            (
                "The `dependencies` in the block `# /// script` of shop.py are no list of "
                'requirements: write them as in dependencies = ["fastapi"].'
            ),
        ),
        (
            "# /// script\n# dependencies = ['a @ https://x/a.whl']\n# ///\n",
            "`a @ https://x/a.whl` is a URL: download that wheel and add it to `wheels`.",
        ),
    ],
)
def test_fault_in_inline_metadata(tmp_path: Path, block: str, sentence: str) -> None:
    assert fault(tmp_path, f"{block}app = 1\n") == f"App shop: {sentence}"


@pytest.mark.parametrize(
    ("code", "requirements"),
    [
        ("import os, sys, sqlite3, tomllib", ()),
        ("import fastapi.responses", ("fastapi",)),
        ("from flask import Flask", ("flask",)),
        ("import fastapi, starlette\nimport fastapi", ("fastapi", "starlette")),
        ("import yaml, PIL.Image, flask_sqlalchemy", ("pyyaml", "pillow", "flask-sqlalchemy")),
        ("import js, pyodide.http, jupyterlite_asgi", ()),
        ("def view():\n    import markdown", ("markdown",)),
        ("import django", ("django", "tzdata")),
        ("from zoneinfo import ZoneInfo", ("tzdata",)),
        ("from fastapi import FastAPI, Form", ("fastapi", "python-multipart")),
        ("import fastapi\nfastapi.UploadFile", ("fastapi", "python-multipart")),
        ("from fastapi import FastAPI\n# Form", ("fastapi",)),
        ("from flask import Form", ("flask",)),
        ("import starlette\nawait_ = lambda r: r.form()", ("starlette", "python-multipart")),
        (
            "from starlette.middleware.sessions import SessionMiddleware",
            ("starlette", "itsdangerous"),
        ),
        ("from fastapi.templating import Jinja2Templates", ("fastapi", "jinja2")),
        ("from pydantic import EmailStr", ("pydantic", "email-validator")),
        ("if __name__ == '__main__':\n    import uvicorn", ()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy", ()),
        ("try:\n    import orjson\nexcept ImportError:\n    orjson = None", ()),
        ("try:\n    import orjson\nexcept (ImportError, OSError):\n    import json", ()),
        ("try:\n    import orjson\nexcept:\n    pass", ()),
        ("try:\n    import flask\nexcept ImportError:\n    raise SystemExit", ("flask",)),
        ("try:\n    import flask\nexcept ImportError:\n    sys.exit('no')", ("flask",)),
        ("try:\n    import flask\nexcept OSError:\n    pass", ("flask",)),
    ],
)
def test_requirements_are_guessed(tmp_path: Path, code: str, requirements: tuple[str, ...]) -> None:
    assert app_of(tmp_path, f"{code}\napp = 1\n").requirements == requirements
    declared = {"app": "shop.py", "requirements": []}
    (app,) = read({"shop": declared}, tmp_path)
    assert app.requirements == ()


def test_modules_beside_the_script_belong_to_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "apps/helpers.py": "import more, flask, shop\nfrom pack.inner import x",
            "apps/more.py": "import helpers",
            "apps/unused.py": "import numpy",
            "apps/pack/__init__.py": "from . import inner",
            "apps/pack/inner.py": "import jinja2",
            "apps/pack/page.html": "",
            "apps/pack/__pycache__/inner.pyc": "",
            "apps/space/deep.py": "",
            "apps/os/x.py": "",
            "apps/data/x.csv": "",
        },
    )
    app = app_of(
        tmp_path,
        "import helpers, os, data\ntry:\n    from space.deep import x\nexcept ImportError:\n"
        "    pass\napp = 1\n",
        "apps/shop.py",
    )
    assert [target for _, target in app.files] == [
        "helpers.py",
        "more.py",
        "pack/__init__.py",
        "pack/inner.py",
        "pack/page.html",
        "shop.py",
        "space/deep.py",
    ]
    assert app.requirements == ("data", "flask", "jinja2")


def test_module_beside_the_script_must_be_python(tmp_path: Path) -> None:
    write(tmp_path, {"helpers.py": "x = ("})
    assert fault(tmp_path, "import helpers\napp = 1").startswith(
        "App shop: Line 1 of helpers.py is not valid Python"
    )


@pytest.mark.parametrize(
    "code", ["from .routers import x", "from . import x", "from shop.routers import x"]
)
def test_part_of_a_package_is_no_app(tmp_path: Path, code: str) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/routers.py": ""})
    assert fault(tmp_path, f"{code}\napp = 1", "shop/main.py") == (
        "App shop: shop/main.py imports from the package that it is part of: beside the folder "
        "shop, write a .py file with `from shop.main import app`, and declare that one."
    )
    write(tmp_path, {"start.py": "from shop.main import app\n"})
    (app,) = read("start.py", tmp_path)
    assert [target for _, target in app.files] == [
        "shop/__init__.py",
        "shop/main.py",
        "shop/routers.py",
        "start.py",
    ]
