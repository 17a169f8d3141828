from __future__ import annotations

import json
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from jupyterlite_asgi.build.apps import manifest, placement, site
from jupyterlite_asgi.build.apps.contents import Contents, Prepared
from jupyterlite_asgi.build.apps.report import WITHOUT_NODE, faults
from jupyterlite_asgi.build.errors import BuildError

from ..support.fake_index import INFO, WASM, make
from ..support.publishing import SCRIPTS, Publishing, sentence, unbundled


def test_manifest_lists_all_files_of_an_app(publishing: Publishing) -> None:
    make(publishing.index, "fast", "1", tag=WASM, **{"fast/_a.so": "wasm"})
    publishing.publish(publishing.app("shop", "fast", options={"timeout": 5}))
    found, read = publishing.manifest("shop"), publishing.read
    assert [found[key] for key in ("format", "name", "title")] == [1, "shop", "Shop"]
    assert (found["icon"], found["notebook"]) == ("", "")
    assert read(found["pyodide"]["loader"]) == b"the pyodide.mjs of pyodide"
    assert read(found["pyodide"]["glue"]) == b"the pyodide.asm.mjs of pyodide"
    assert read(found["pyodide"]["wasm"]) == b"the pyodide.asm.wasm of pyodide"
    assert found["pyodide"]["info"] == INFO
    assert read(found["stdlib"]) == b"the python_stdlib.zip of pyodide"
    first = unbundled(read(found["first"]))
    assert first["/app/shop.py"] == b"app = None\n"
    assert first["/app/lib/fast/_a.so"] == b"", "Python finds extension modules by their files"
    (library,) = found["libraries"]
    assert (library["path"], read(library)) == ("/app/lib/fast/_a.so", b"wasm")
    assert (found["rest"], found["snapshot"]) == (None, None)
    assert found["app"]["options"] == {"timeout": 5}
    assert {name: read(file) for name, file in found["scripts"].items()} == SCRIPTS


def test_two_builds_are_identical(publishing: Publishing) -> None:
    publishing.put("web", "1")
    publishing.publish(publishing.app("shop", "web"))
    once = publishing.files()
    publishing.publish(publishing.app("shop", "web"))
    assert publishing.files() == once


def test_build_is_named_after_what_visitors_run(publishing: Publishing) -> None:
    names = []
    for fields in ({}, {"title": "Other"}, {"options": {"timeout": 5}}):
        publishing.publish(publishing.app("shop", **fields))
        names.append(publishing.manifest("shop")["build"])
    assert names[0] == names[1] != names[2]


def test_apps_share_files(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"), publishing.app("blog"))
    shop, blog = publishing.manifest("shop"), publishing.manifest("blog")
    assert shop["pyodide"] == blog["pyodide"]
    assert shop["first"] != blog["first"]


def test_folder_is_a_whole_site(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    files = publishing.files()
    shell = publishing.manifest("shop")["scripts"]["shell"]["url"]
    page = files["asgi/shop/index.html"].decode()
    assert shell in page
    assert "<title>Shop</title>" in page
    assert b'<a href="shop/">' in files["asgi/index.html"]
    assert shell in files["404.html"].decode()
    assert b'jupyterliteAsgiPublished = {"shop": {"title": "Shop"}}' in files["service-worker.js"]
    assert b"url=asgi/shop/" in files["index.html"]
    assert files[".nojekyll"] == b""


def test_start_page_of_several_apps_leads_to_the_list(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"), publishing.app("blog"))
    assert b"url=asgi/" in publishing.files()["index.html"]
    assert b"url=asgi/shop" not in publishing.files()["index.html"]


def test_app_of_an_earlier_build_is_removed(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop", others={"big.txt": "text"}))
    publishing.publish(publishing.app("blog"))
    files = publishing.files()
    blog = publishing.manifest("blog")
    pool = {path for path in files if path.startswith("static/asgi/files/")}
    assert pool == set(manifest.urls(blog))
    assert not [path for path in files if "shop" in path]
    assert b"url=asgi/blog/" in files["index.html"]


def test_files_of_others_stay(publishing: Publishing) -> None:
    theirs = {
        "404.html": "theirs",
        "index.html": "theirs",
        "CNAME": "example.org",
        "static/asgi/assets.json": "{}",
        "asgi/notes.txt": "theirs",
    }
    for path, text in theirs.items():
        file = publishing.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    publishing.publish(publishing.app("shop"))
    placement.withdraw(publishing.out)
    left = {path: data.decode() for path, data in publishing.files().items()}
    ours = {"service-worker.js", ".nojekyll"}
    assert {path: text for path, text in left.items() if path not in ours} == theirs


def test_failed_build_leaves_the_earlier_one(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    before = publishing.files()
    bad = publishing.app("blog", others={"email.py": ""})
    assert "email.py" in sentence(lambda: publishing.publish(publishing.app("shop"), bad))
    assert publishing.files() == before


def test_apps_that_are_gone_are_named(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"), publishing.app("blog"))
    assert not any("no longer has" in line for line in publishing.output)
    publishing.publish(publishing.app("blog"))
    assert publishing.output[-1] == (
        f"{publishing.out} no longer has shop: publish a folder of apps to have several in one "
        "site."
    )


def test_pages_that_are_not_ours_stay(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    (publishing.out / "index.html").write_text("mine", "utf-8")
    publishing.publish(publishing.app("shop"))
    assert (publishing.out / "index.html").read_text("utf-8") == "mine"


def test_folder_that_cannot_be_written_is_reported(publishing: Publishing) -> None:
    publishing.out.write_text("", "utf-8")
    message = sentence(lambda: publishing.publish(publishing.app("shop")))
    assert message.startswith(f"{publishing.out}")
    assert message.endswith("choose another path.")


def test_name_of_a_file_of_ours_is_refused(publishing: Publishing) -> None:
    message = sentence(lambda: publishing.publish(publishing.app("assets")))
    assert message == "App assets: this name is taken: choose another one."


def test_icon_is_copied(publishing: Publishing) -> None:
    icon = publishing.sources / "logo.svg"
    icon.write_text("<svg/>", "utf-8")
    publishing.publish(publishing.app("shop", icon=icon))
    path = publishing.manifest("shop")["icon"]
    assert (publishing.out / path).read_text("utf-8") == "<svg/>"
    assert path.endswith("/icon.svg")
    assert path in publishing.files()["asgi/shop/index.html"].decode()


def test_notebook_is_opened_in_jupyterlab(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop", notebook="my apps/shop.ipynb"))
    assert publishing.manifest("shop")["notebook"] == ("lab/index.html?path=my%20apps/shop.ipynb")


def test_without_node_the_build_says_what_that_costs(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    line, warning = publishing.output
    assert "KiB  asgi/shop/, compressed, in 7 files; takes twice as long to start" in line
    assert warning == WITHOUT_NODE


def prepare(contents: Contents) -> Prepared:
    """Do what Node.js does, in small."""
    files = dict(contents.files)
    own = {"/app/shop.pyc": files.pop("/app/shop.py")}
    stdlib = BytesIO()
    with zipfile.ZipFile(stdlib, "w") as archive:
        archive.writestr(zipfile.ZipInfo("os.pyc"), "compiled" * 99)
    warnings = ["shop.py, line 1: SECRET is the same for all."]
    snapshot = b"{}", b"memory" * 99
    return Prepared(own, files, stdlib.getvalue(), snapshot, warnings, ["json"])


def test_prepared_app_has_more_files(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"), prepare=prepare)
    found, read = publishing.manifest("shop"), publishing.read
    assert unbundled(read(found["first"])) == {"/app/shop.pyc": b"app = None\n"}
    assert "/app/lib/jupyterlite_asgi/published.py" in unbundled(read(found["rest"]))
    assert read(found["snapshot"]["head"]) == b"{}"
    assert read(found["snapshot"]["data"]) == b"memory" * 99
    assert zipfile.ZipFile(BytesIO(read(found["stdlib"]))).namelist() == ["os.pyc"]
    assert found["stdlib"]["size"] < 300, "it is compressed"
    assert found["app"]["preload"] == ["json"]
    line, more, warning = publishing.output
    assert "starts about as fast as Pyodide alone, on later visits twice as fast" in line
    assert more.endswith(
        "more over fast connections: a snapshot, which halves the time of the first start"
    )
    assert warning == "App shop: shop.py, line 1: SECRET is the same for all."


def test_app_that_fails_when_it_is_prepared_is_not_published(publishing: Publishing) -> None:
    def fail(contents: Contents) -> Prepared:
        raise BuildError("App shop: it does not import.")

    message = sentence(lambda: publishing.publish(publishing.app("shop"), prepare=fail))
    assert message == "App shop: it does not import."
    assert not publishing.files()


def test_missing_and_changed_files_are_found(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    assert faults(publishing.out) == []
    found = publishing.manifest("shop")
    first, runtime = found["first"]["url"], found["scripts"]["runtime"]["url"]
    (publishing.out / first).unlink()
    (publishing.out / runtime).write_text("changed", "utf-8")
    (publishing.out / "asgi/shop/index.html").unlink()
    assert faults(publishing.out) == sorted([first, runtime, "asgi/shop/index.html"])


def test_site_without_apps_lacks_them(tmp_path: Path) -> None:
    assert faults(tmp_path) == ["static/asgi/*.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', json.dumps({"name": "a"})])
def test_other_files_are_no_manifests(tmp_path: Path, text: str) -> None:
    file = tmp_path / "static" / "asgi" / "a.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    placement.withdraw(tmp_path)
    assert file.read_text("utf-8") == text


def test_everything_but_published_apps_is_pruned(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    kept = publishing.files()
    (publishing.out / "index.html").write_text("JupyterLab", "utf-8")
    for path in ("jupyter-lite.json", "lab/index.html", "static/pyodide/pyodide.mjs"):
        file = publishing.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", "utf-8")
    site.prune(publishing.out)
    site.complete(["shop"], publishing.out)
    assert publishing.files() == kept


def test_sources_in_the_folder_are_not_pruned(tmp_path: Path) -> None:
    site.check(tmp_path / "out", tmp_path)
    for sources in (tmp_path, tmp_path / "site"):
        message = sentence(partial(site.check, tmp_path, sources))
        assert message.startswith(f"{tmp_path} also has the site's sources")
