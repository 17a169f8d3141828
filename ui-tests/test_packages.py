"""Packages bundled with a site: imported without a network and without `%pip`."""

from __future__ import annotations

from conftest import guarded
from lab import Notebook
from playwright.sync_api import Browser
from sites import configured, serve_site

#: Hides the name from the search for imports in cells, so that only a preloaded package is found.
#: No other test imports this one in the neighbour's kernel.
HIDDEN_IMPORT = "__import__('importlib').import_module('itsdangerous').__name__"


def test_bundled_package_is_installed_when_a_cell_imports_it(neighbour: Notebook) -> None:
    assert "ModuleNotFoundError" in neighbour.run(HIDDEN_IMPORT).error
    assert neighbour.run("import itsdangerous\nfrom fastapi import FastAPI").error == ""
    assert neighbour.run(HIDDEN_IMPORT).text == "'itsdangerous'"


def test_packages_stripped_of_compiled_parts_work(notebook: Notebook) -> None:
    notebook.run("import markupsafe, yaml")
    assert notebook.value("str(markupsafe.escape('<a>'))") == "'&lt;a&gt;'"
    assert notebook.value("yaml.safe_load('a: [1, 2.5, no]')") == "{'a': [1, 2.5, False]}"
    assert notebook.value("yaml.dump({'b': 'ö'}, allow_unicode=True)") == r"'b: ö\n'"


def test_pip_says_which_package_the_site_lacks(notebook: Notebook) -> None:
    message = "no-such-package is not among this site's packages"
    assert message in notebook.run("%pip install no-such-package").error


def test_the_kernel_starts_from_bytecode_and_sources_are_there_for_inspection(
    notebook: Notebook,
) -> None:
    notebook.run("import importlib.util, inspect, json, os, sys, traitlets, comm")
    compiled = "[m for m in (json, inspect) if m.__spec__.origin.endswith('.pyc')]"
    assert notebook.value(f"len({compiled})") == "2"
    cached = "[importlib.util.cache_from_source(m.__file__) for m in (traitlets, comm)]"
    assert notebook.value(f"all(map(os.path.exists, {cached}))") == "True"
    for function in ("json.loads", "traitlets.link"):
        assert notebook.value(f'\'"""\' in inspect.getsource({function})') == "True"
    assert "_default_decoder.decode(s)" in notebook.run("json.loads('{')").error


def test_packages_come_from_the_site_and_pyodide_from_a_cdn(
    browser: Browser, setting: tuple[str, str]
) -> None:
    """As after `jupyter lite build --asgi-packages …` without `--asgi-pyodide`."""
    requested: list[str] = []

    def cdn(path: str, content: bytes) -> bytes | None:
        requested.append(path)
        return None if path.endswith(".whl") else content

    with serve_site("/full/", cdn, {"Access-Control-Allow-Origin": "*"}) as far:
        alter = configured(
            pyodideUrl=f"{far}static/pyodide/pyodide.mjs",
            loadPyodideOptions={
                "lockFileURL": "./static/pyodide/pyodide-lock.json",
                "packages": ["itsdangerous"],
            },
        )
        with serve_site(setting[1], alter) as site, guarded(browser) as context:
            notebook = Notebook(context.new_page(), site)
            assert notebook.run(HIDDEN_IMPORT).text == "'itsdangerous'"
            assert notebook.run("import fastapi\nfastapi.__name__").text == "'fastapi'"
    assert "static/pyodide/pyodide.asm.wasm" in requested
    assert not [path for path in requested if path.endswith((".whl", "lock.json"))]
