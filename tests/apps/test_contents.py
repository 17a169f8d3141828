from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from jupyterlite_asgi.build.apps import contents as contents_module
from jupyterlite_asgi.build.apps import resolve

from ..support.bundle_site import entry_of
from ..support.fake_index import WASM, make
from ..support.publishing import Publishing, sentence


def packages(files: object) -> list[str]:
    """Return the paths below the folder of packages, except for our own."""
    assert isinstance(files, dict)
    paths = [path.removeprefix("/app/lib/") for path in files if path.startswith("/app/lib/")]
    return [path for path in paths if not path.startswith("jupyterlite_asgi/")]


def test_app_gets_its_packages_and_their_dependencies_only(publishing: Publishing) -> None:
    publishing.put("web", "1", "core")
    publishing.put("core", "2")
    publishing.put("other", "1")
    shop, blog = publishing.app("shop", "web"), publishing.app("blog", "other")
    found = publishing.contents(shop, blog)
    assert packages(found.files) == [
        *("core-2.dist-info/METADATA", "core/__init__.py"),
        *("web-1.dist-info/METADATA", "web/__init__.py"),
    ]


def test_apps_own_files_are_beside_its_module(publishing: Publishing) -> None:
    shop = publishing.app("shop", others={"templates/a.html": "<p>"}, options={"timeout": 5})
    found = publishing.contents(shop)
    assert found.files["/app/shop.py"] == b"app = None\n"
    assert found.files["/app/templates/a.html"] == b"<p>"
    assert found.app == {
        "name": "shop",
        "module": "/app/shop.py",
        "expression": "app",
        "options": {"timeout": 5},
    }


def test_cells_of_a_notebook_become_a_module(publishing: Publishing) -> None:
    source = publishing.sources / "shop.ipynb"
    shop = publishing.app("shop", source=source, files=(), code="app = await make()\n")
    found = publishing.contents(shop)
    assert found.app["module"] == "/app/shop_cells.py"
    assert found.files["/app/shop_cells.py"] == b"app = await make()\n"


def test_our_package_has_what_serving_needs(publishing: Publishing) -> None:
    found = publishing.contents(publishing.app("shop")).files
    ours = {path.removeprefix("/app/lib/jupyterlite_asgi/") for path in found} - {"/app/shop.py"}
    assert {"__init__.py", "published.py", "static/kernel.js", "serving/server.py"} <= ours
    tops = {path.partition("/")[0] for path in ours}
    assert not tops & {"build", "notebook", "labextension", "cli.py", "py.typed"}
    assert {path for path in ours if path.startswith("static/")} == {"static/kernel.js"}


def test_what_only_installers_and_compilers_need_is_left_out(publishing: Publishing) -> None:
    wheel = publishing.put("web", "1")
    with zipfile.ZipFile(wheel, "a") as archive:
        for name in (
            *("web/a.pyi", "web/a.c", "web/py.typed", "web/data.txt", "web-1.data/scripts/web"),
            *("web-1.data/purelib/extra.py", "web-1.dist-info/entry_points.txt", "../evil.py"),
            *("web-1.dist-info/licenses/LICENSE", "web/__pycache__/a.pyc"),
        ):
            archive.writestr(name, "")
    found = publishing.contents(publishing.app("shop", "web"))
    assert packages(found.files) == [
        *("extra.py", "web-1.dist-info/METADATA", "web-1.dist-info/entry_points.txt"),
        *("web/__init__.py", "web/data.txt"),
    ]


def test_extension_modules_are_apart(publishing: Publishing) -> None:
    make(publishing.index, "fast", "1", tag=WASM, **{"fast/_a.so": "wasm", "fast/__init__.py": ""})
    found = publishing.contents(publishing.app("shop", "fast"))
    assert found.libraries == [("/app/lib/fast/_a.so", b"wasm")]
    assert "/app/lib/fast/_a.so" not in found.files


def test_packages_of_pyodides_distribution_are_unpacked(publishing: Publishing) -> None:
    folder = publishing.tmp / "pyodide"
    wheel = make(folder, "numbers_", "1", tag=WASM)
    publishing.packages = {"numbers-": entry_of(wheel, "1", "helper")}
    helper = folder / "helper-1.zip"
    with zipfile.ZipFile(helper, "w") as archive:
        archive.writestr("helper.py", "")
    publishing.packages["helper"] = entry_of(helper, "1")
    found = publishing.contents(publishing.app("shop", "numbers_"))
    assert "/app/lib/helper.py" in found.files


def test_our_own_package_need_not_be_required(publishing: Publishing) -> None:
    assert resolve.required(publishing.app("shop", "jupyterlite_asgi>=1", "web")) == ["web"]


def test_faulty_requirement_is_reported_with_its_app(publishing: Publishing) -> None:
    shop = publishing.app("shop", "nothing")
    assert sentence(lambda: publishing.contents(shop)) == (
        "nothing is in neither the index nor a folder (app shop → nothing): check its name."
    )


def test_conflict_is_reported_with_its_apps(publishing: Publishing) -> None:
    publishing.put("web", "1")
    publishing.put("web", "2")
    apps = [publishing.app("shop", "web==1"), publishing.app("blog", "web==2")]
    assert sentence(lambda: publishing.contents(*apps)) == (
        "No version of web meets all requirements (app blog → web==2; app shop → web==1): "
        "loosen one of them."
    )


def test_apps_with_the_same_requirement_are_named_together(publishing: Publishing) -> None:
    apps = [publishing.app("shop", "web"), publishing.app("blog", "web", "other")]
    assert resolve.asked(apps) == {"web": "apps shop, blog", "other": "app blog"}


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("web.py", "a package"),
        ("web/__init__.py", "a package"),
        ("email.py", "Python's standard library"),
        ("lib/web/__init__.py", "a package"),
        ("jupyterlite_asgi.py", "a package"),
    ],
)
def test_module_that_hides_another_is_reported(
    publishing: Publishing, path: str, owner: str
) -> None:
    publishing.put("web", "1")
    shop = publishing.app("shop", "web", others={path: ""})
    assert sentence(lambda: publishing.contents(shop)) == (
        f"App shop: the module {path} hides one of {owner}: rename it."
    )


def test_folder_without_modules_hides_nothing(publishing: Publishing) -> None:
    publishing.put("web", "1")
    shop = publishing.app("shop", "web", others={"email/a.html": "", "web/b.css": ""})
    assert "/app/email/a.html" in publishing.contents(shop).files


def test_code_of_a_notebook_replaces_no_file(publishing: Publishing) -> None:
    cells = publishing.sources / "shop_cells.py"
    cells.write_text("")
    source = publishing.sources / "shop.ipynb"
    shop = publishing.app("shop", source=source, files=((cells, "shop_cells.py"),))
    assert sentence(lambda: publishing.contents(shop)) == (
        "App shop: the notebook's code goes to shop_cells.py, which exists: rename one of them."
    )


def test_file_that_cannot_be_read_is_reported(publishing: Publishing) -> None:
    gone = publishing.sources / "gone.txt"
    shop = publishing.app("shop", files=((gone, "gone.txt"),))
    assert sentence(lambda: publishing.contents(shop)) == (
        f"App shop: {gone} cannot be read (No such file or directory): check the file."
    )


def test_package_without_its_front_end_says_so(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(contents_module, "files", lambda package: tmp_path)
    message = sentence(lambda: publishing.contents(publishing.app("shop")))
    assert "lacks its front end: run `jlpm build`" in message
