"""The build's options for published apps."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doit.exceptions import TaskFailed
from jupyterlite_core.app import LiteBuildApp
from jupyterlite_core.manager import LiteManager
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from traitlets.config import Config

from jupyterlite_asgi.build.addon import AsgiAddon
from jupyterlite_asgi.build.apps import placement, site
from jupyterlite_asgi.build.bundle import addon as bundle_addon

from ..support.fake_index import make, put_npm, put_pyodide, put_release, serving
from ..support.publishing import SCRIPTS, unbundled

CODE = "async def app(scope, receive, send): ...\n"
KERNEL = ("piplite", "pyodide_kernel", "ipykernel", "micropip", "comm", "jedi", "ipython")


class Lite:
    """The sources of a site with an app, and an index of packages."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url, self.index = tmp, url, tmp / "index"
        self.source, self.out = tmp / "site", tmp / "out"
        self.out.mkdir()
        (self.out / "jupyter-lite.json").write_text("{}", "utf-8")
        (self.out / "service-worker.js").write_text("", "utf-8")
        self.source.mkdir()
        (self.source / "shop.py").write_text(CODE, "utf-8")
        make(self.index, "web", "1")
        put_npm(self.index, put_pyodide(tmp / "core"), PYODIDE_VERSION)

    def options(self, **options: Any) -> dict[str, Any]:
        places = {"index_url": f"{self.url}/simple/", "npm_registry": self.url}
        apps = {"shop": {"app": "shop.py:app", "requirements": ["web"]}}
        return {**places, "distribution_url": "", "apps": apps, **options}

    def manager(self, **options: Any) -> LiteManager:
        config = Config({"AsgiAddon": self.options(**options)})
        places = {"lite_dir": self.source, "output_dir": self.out, "cache_dir": self.tmp / "cache"}
        return LiteManager(config=config, **places)

    def run(self, phase: str = "post_build", **options: Any) -> str | None:
        """Run the tasks of a phase except those for JupyterLab; return the message of a failure."""
        manager = self.manager(**options)
        for task in getattr(AsgiAddon(manager=manager), phase)(manager):
            for action in task["actions"] if task["name"] != "apps:no-lab" else []:
                function, arguments = action if isinstance(action, tuple) else (action, [])
                if failed := function(*arguments):
                    assert isinstance(failed, TaskFailed)
                    return str(failed.message)
        return None

    def manifest(self, name: str = "shop") -> dict[str, Any]:
        path = self.out / "static" / "asgi" / f"{name}.json"
        return dict(json.loads(path.read_text("utf-8")))

    def bundled(self, name: str = "shop") -> dict[str, bytes]:
        data = (self.out / self.manifest(name)["first"]["url"]).read_bytes()
        return unbundled(gzip.decompress(data))

    @property
    def lock(self) -> dict[str, Any]:
        return dict(json.loads((self.source / "asgi-lock.json").read_text("utf-8")))


@pytest.fixture
def lite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lite]:
    monkeypatch.setattr(placement, "built_scripts", lambda: SCRIPTS)
    monkeypatch.setattr(site, "by_node", lambda: None)
    (tmp_path / "index").mkdir()
    with serving(tmp_path / "index") as url:
        yield Lite(tmp_path, url)


def test_app_is_published_beside_notebooks_that_use_the_cdn(lite: Lite) -> None:
    assert lite.run() is None
    assert {"/app/shop.py", "/app/lib/web/__init__.py"} <= set(lite.bundled())
    assert list(lite.lock["packages"]) == ["web"]
    assert json.loads((lite.out / "jupyter-lite.json").read_text("utf-8")) == {}
    worker = (lite.out / "service-worker.js").read_text("utf-8")
    assert 'jupyterliteAsgiPublished = {"shop"' in worker


def test_app_has_the_versions_of_the_sites_packages(lite: Lite) -> None:
    for name in KERNEL:
        make(lite.index, name, "1")
    make(lite.index, "web", "2")
    assert lite.run(packages=["web<2"], pyodide="npm") is None
    assert "/app/lib/web-1.dist-info/METADATA" in lite.bundled()
    names = [path.name for path in (lite.out / "static" / "pyodide").glob("web-*")]
    assert names == ["web-1-py3-none-any.whl"]


def test_notebooks_can_import_what_apps_require(lite: Lite) -> None:
    for name in (*KERNEL, "other"):
        make(lite.index, name, "1")
    assert lite.run(packages=["other"], pyodide="npm") is None
    lock = json.loads((lite.out / "static/pyodide/pyodide-lock.json").read_text("utf-8"))
    assert {"web", "other"} <= set(lock["packages"])
    assert "/app/lib/other/__init__.py" not in lite.bundled()


def test_core_is_from_npm_if_the_kernels_is_on_the_cdn(
    lite: Lite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KERNEL:
        make(lite.index, name, "1")
    put_pyodide(lite.index / "full")
    monkeypatch.setattr(bundle_addon, "PYODIDE_CDN_URL", f"{lite.url}/full")
    assert lite.run(packages=["web"]) is None
    assert lite.lock["core"]["version"] == PYODIDE_VERSION
    loader = lite.out / lite.manifest()["pyodide"]["loader"]["url"]
    assert loader.read_text("utf-8") == "the pyodide.mjs of core"
    once = lite.lock
    assert lite.run(packages=["web"]) is None
    assert lite.lock == once


def test_core_of_another_pyodide_than_the_kernels_is_refused(
    lite: Lite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KERNEL:
        make(lite.index, name, "1")
    folder = put_pyodide(lite.index / "full")
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    lock["info"]["python"] = "3.13.2"
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    monkeypatch.setattr(bundle_addon, "PYODIDE_CDN_URL", f"{lite.url}/full")
    assert (lite.run(packages=["web"]) or "").startswith(
        f"The Pyodide at {lite.url}/full is not {PYODIDE_VERSION}"
    )


def test_second_build_asks_no_index(lite: Lite) -> None:
    lite.run()
    once = lite.manifest()
    assert lite.run(index_url="http://127.0.0.1:1", npm_registry="http://127.0.0.1:1") is None
    assert lite.manifest() == once


def test_assets_and_apps_share_a_folder(lite: Lite) -> None:
    put_release(lite.index, "chart", "1.0.0", tag="latest", **{"chart.js": "draw()"})
    url = "https://cdn.jsdelivr.net/npm/chart/chart.js"
    for _ in range(2):
        assert lite.run(assets=[url]) is None
        assert lite.run("check", assets=[url]) is None
    assert lite.run() is None
    assert lite.run("check") is None
    assert not (lite.out / "static" / "asgi" / "chart@1.0.0").exists()


def test_folder_of_apps_is_published(lite: Lite) -> None:
    (lite.source / "apps").mkdir()
    (lite.source / "apps" / "blog.py").write_text(CODE, "utf-8")
    assert lite.run(apps="apps/") is None
    assert "/app/blog.py" in lite.bundled("blog")


def test_notebook_declares_itself(lite: Lite) -> None:
    cells = [{"cell_type": "code", "source": f"{CODE}\n%asgi_serve app", "metadata": {}}]
    metadata = {"jupyterlite_asgi": {"app": True}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (lite.out / "files").mkdir()
    (lite.out / "files" / "diary.ipynb").write_text(json.dumps(notebook), "utf-8")
    assert lite.run(apps={}) is None
    assert "/app/diary_cells.py" in lite.bundled("diary")


def test_fault_leaves_neither_apps_nor_a_site(lite: Lite) -> None:
    lite.run()
    apps = {"shop": {"app": "shop.py:app", "requirements": ["nothing"]}}
    assert lite.run(apps=apps) == (
        "nothing is in neither the index nor a folder (app shop → nothing): check its name."
    )
    assert not (lite.out / "jupyter-lite.json").exists()
    assert not (lite.out / "static" / "asgi").exists()
    assert not (lite.out / "asgi").exists()


def test_apps_of_an_earlier_build_are_removed(lite: Lite) -> None:
    lite.run()
    assert lite.run(apps={}) is None
    assert not (lite.out / "static" / "asgi").exists()
    assert not (lite.out / "404.html").exists()
    assert "jupyterliteAsgiPublished = {}" in (lite.out / "service-worker.js").read_text("utf-8")


def test_check_and_status_name_missing_files(
    lite: Lite, capsys: pytest.CaptureFixture[str]
) -> None:
    lite.run()
    assert lite.run("check") is None
    (lite.out / "asgi" / "shop" / "index.html").unlink()
    assert (lite.run("check") or "").startswith(
        f"Missing or changed in {lite.out}: asgi/shop/index.html; run"
    )
    lite.run("status")
    assert f"apps missing or changed in {lite.out}: asgi/shop/index.html\n" in (
        capsys.readouterr().out
    )


def test_output_folder_with_the_sources_is_not_pruned(lite: Lite) -> None:
    lite.source = lite.out
    (lite.source / "shop.py").write_text(CODE, "utf-8")
    assert "also has the site's sources" in (lite.run(lab=False) or "")


def test_site_without_jupyterlab_is_built_again_and_checked(
    lite: Lite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lite.tmp)

    def files() -> dict[str, bytes]:
        found = filter(Path.is_file, lite.out.rglob("*"))
        return {path.relative_to(lite.out).as_posix(): path.read_bytes() for path in found}

    builds = []
    for task in ("post_build", "check"):  # which builds again
        manager: Any = lite.manager(lab=False)
        manager.disable_addons, manager.no_libarchive = ("federated_extensions",), True
        manager.initialize()
        assert manager.doit_run(task) == 0
        builds.append(files())
    assert builds[0] == builds[1]
    tops = {path.partition("/")[0] for path in builds[0]}
    assert tops == {".nojekyll", "404.html", "asgi", "index.html", "service-worker.js", "static"}
    assert {path.split("/")[1] for path in builds[0] if path.startswith("static/")} == {"asgi"}
    assert b"url=asgi/shop/" in builds[0]["index.html"]
    assert builds[0]["service-worker.js"].endswith(b"/* jupyterlite-asgi: end */\n")


def test_options_are_on_the_command_line() -> None:
    app = LiteBuildApp()
    app.initialize(["--asgi-apps=apps/", "--no-lab", f"--lite-dir={os.devnull}"])
    addon = AsgiAddon(manager=LiteManager(config=app.config))
    assert (addon.apps, addon.lab) == ("apps/", False)
