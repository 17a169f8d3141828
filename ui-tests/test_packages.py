"""Packages that a site has of its own: imported by lessons, with no network and no `%pip`."""

from __future__ import annotations

import pytest
from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser
from sites import configured, serve_site


def test_a_lesson_starts_with_import(browser: Browser, site: str) -> None:
    with guarded(browser) as context:
        notebook = Notebook(context.new_page(), site)
        assert notebook.run("from fastapi import FastAPI\nFastAPI().title").text == "'FastAPI'"


def test_packages_without_a_wheel_for_pyodide_work(notebook: Notebook) -> None:
    notebook.run("import markupsafe, yaml")
    assert notebook.value("str(markupsafe.escape('<a>'))") == "'&lt;a&gt;'"
    assert notebook.value("yaml.safe_load('a: [1, 2.5, no]')") == "{'a': [1, 2.5, False]}"
    assert notebook.value("yaml.dump({'b': 'ö'}, allow_unicode=True)") == r"'b: ö\n'"


def test_pip_of_what_the_site_has_not_says_so(notebook: Notebook) -> None:
    told = "no-such-package is not among the packages that this site carries"
    assert told in notebook.run("%pip install no-such-package").error


#: No statement of the cell names it, so that nothing but a preloaded package is found.
HIDDEN_IMPORT = "__import__('importlib').import_module('anyio').__name__"


@pytest.mark.parametrize("preload", [["anyio"], []], ids=["preloaded", "not preloaded"])
def test_a_preloaded_package_is_there_however_it_is_imported(
    browser: Browser, setting: tuple[str, str], preload: list[str]
) -> None:
    alter = configured(loadPyodideOptions={"packages": preload})
    with serve_site(setting[1], alter) as site, guarded(browser) as context:
        done = Notebook(context.new_page(), site).run(HIDDEN_IMPORT)
        assert done.text == ("'anyio'" if preload else "")
        assert ("ModuleNotFoundError" in done.error) is not bool(preload)


def test_packages_are_the_sites_where_pyodide_is_not(
    browser: Browser, setting: tuple[str, str]
) -> None:
    """As `jupyter lite build --asgi-packages …` leaves Pyodide on the CDN, another origin."""
    asked: list[str] = []

    def cdn(path: str, content: bytes) -> bytes | None:
        asked.append(path)
        return None if path.endswith(".whl") else content

    with serve_site("/full/", cdn, {"Access-Control-Allow-Origin": "*"}) as far:
        alter = configured(
            pyodideUrl=f"{far}static/pyodide/pyodide.mjs",
            loadPyodideOptions={"lockFileURL": "./static/pyodide/pyodide-lock.json"},
        )
        with serve_site(setting[1], alter) as site, guarded(browser) as context:
            notebook = Notebook(context.new_page(), site)
            assert notebook.run("import fastapi\nfastapi.__name__").text == "'fastapi'"
    assert "static/pyodide/pyodide.asm.wasm" in asked
    assert not [path for path in asked if path.endswith((".whl", "lock.json"))]
