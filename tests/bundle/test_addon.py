"""The build's options for packages: the resulting site, and the errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doit.exceptions import TaskFailed
from jupyterlite_core.manager import LiteManager
from jupyterlite_pyodide_kernel.constants import PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_VERSION

from jupyterlite_asgi.build.addon import AsgiAddon
from jupyterlite_asgi.build.bundle import addon as addon_module

from ..support.fake_index import PURE, make, put_npm, put_pyodide, serving

FROM_EXTENSIONS = ("piplite", "pyodide_kernel", "ipykernel", "jupyterlite_asgi")
"""The packages whose wheels come from labextensions."""


class Lite:
    """The sources of a site, a built site, and an index with the packages of the kernel."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url = tmp, url
        self.index, self.out = tmp / "index", tmp / "out"
        self.config = self.out / "jupyter-lite.json"
        self.folder = self.out / "static" / "pyodide"
        for name in ("micropip", "comm", "jedi", "ipython"):
            make(self.index, name, "1")
        make(self.index, "web", "1", "comm")

    def built(self) -> None:
        """Write what JupyterLite's own addons would have written."""
        for name in FROM_EXTENSIONS:
            make(self.out / "extensions" / "kernel" / "static", name, "7")
        self.config.write_text("{}", "utf-8")

    def run(self, phase: str = "post_build", **options: Any) -> str | None:
        """Run the task for packages; return the message if it failed."""
        manager = LiteManager(lite_dir=self.tmp, output_dir=self.out)
        places: dict[str, Any] = {"index_url": f"{self.url}/simple/", "npm_registry": self.url}
        places |= {"distribution_url": "", "bytecode": False}
        addon = AsgiAddon(manager=manager, **(places | options))
        tasks = {task["name"]: task for task in getattr(addon, phase)(manager)}
        (action,) = tasks["asgi:packages" if phase == "status" else "packages"]["actions"]
        function, arguments = action if isinstance(action, tuple) else (action, [])
        failed = function(*arguments)
        assert isinstance(failed, TaskFailed | None)
        return failed.message if failed else None

    @property
    def settings(self) -> dict[str, Any]:
        data = json.loads(self.config.read_text("utf-8"))["jupyter-config-data"]
        settings = data["litePluginSettings"][PYODIDE_KERNEL_PLUGIN_ID]
        assert isinstance(settings, dict)
        return settings

    @property
    def names(self) -> list[str]:
        lock = json.loads((self.folder / "pyodide-lock.json").read_text("utf-8"))
        return list(lock["packages"])


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Lite]:
    (tmp_path / "index").mkdir()
    with serving(tmp_path / "index") as url:
        lite = Lite(tmp_path, url)
        lite.out.mkdir()
        lite.built()
        yield lite


KERNEL = ["comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel"]


def test_site_gets_own_packages_and_the_kernels(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")
    (lite.tmp / "names.txt").write_text("web==1\n", "utf-8")
    make(lite.tmp / "own", "mine", "1", "web")
    asked = ["-r names.txt", "mine"]
    assert lite.run(packages=asked, wheels=["own"], pyodide="core", preload=["Web"]) is None
    assert lite.names == sorted([*KERNEL, "mine", "web"])
    assert lite.settings == {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "loadPyodideOptions": {"packages": ["web"]},
    }
    assert (lite.folder / "pyodide.asm.wasm").is_file()
    assert (lite.tmp / "asgi-lock.json").is_file()


def test_pyodide_from_npm_has_the_kernels_version(lite: Lite) -> None:
    put_npm(lite.index, put_pyodide(lite.tmp / "core"), PYODIDE_VERSION)
    assert lite.run(packages=["web"], pyodide="npm") is None
    assert (lite.folder / "pyodide.mjs").read_text() == "the pyodide.mjs of core"


def test_pyodide_stays_on_the_cdn_by_default(lite: Lite, monkeypatch: pytest.MonkeyPatch) -> None:
    put_pyodide(lite.index / "full")
    monkeypatch.setattr(addon_module, "PYODIDE_CDN_URL", f"{lite.url}/full")
    assert lite.run(packages=["web"]) is None
    assert lite.settings == {
        "loadPyodideOptions": {"lockFileURL": "./static/pyodide/pyodide-lock.json"}
    }
    assert not (lite.folder / "pyodide.mjs").exists()


def test_without_packages_nothing_is_done(lite: Lite) -> None:
    manager = LiteManager(lite_dir=lite.tmp, output_dir=lite.out)
    for phase in ("status", "post_build", "check"):
        assert len(list(getattr(AsgiAddon(manager=manager), phase)(manager))) == 1


def test_site_without_its_packages_does_not_look_complete(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")
    message = "nothing is in neither the index nor a folder (nothing): check its name."
    assert lite.run(packages=["nothing"], pyodide="core") == message
    assert not lite.config.exists()
    assert not list((lite.out / "static").glob("*"))
    assert not (lite.tmp / "asgi-lock.json").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"packages": ["a b"]}, "`a b` is not a requirement"),
        ({"wheels": ["gone"]}, "There is no wheel at {tmp}/gone: name a .whl file or a folder"),
        ({"pyodide": "gone"}, "There is no pyodide.mjs in {tmp}/gone: use Pyodide 314"),
        ({"index_url": "simple"}, "simple/"),
        ({"preload": ["other"]}, "other is in `preload` but not in `packages`: add it there."),
        ({"lock_file": "no/lock.json"}, "{tmp}/no/lock.json"),
    ],
)
def test_invalid_options_are_reported(lite: Lite, options: dict[str, Any], sentence: str) -> None:
    put_pyodide(lite.tmp / "core")
    failed = lite.run(**{"packages": ["web"], "pyodide": "core"} | options)
    assert (failed or "").startswith(sentence.format(tmp=lite.tmp))


def test_pyodide_in_the_way_of_the_packages_is_reported(lite: Lite) -> None:
    put_pyodide(lite.tmp / "static" / "pyodide")
    assert "is where the packages go" in (lite.run(packages=["web"]) or "")


def test_settings_of_an_earlier_build_are_removed(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")
    own = {"pyodideUrl": "https://example.org/pyodide.mjs", "loadPyodideOptions": {"packages": []}}
    settings = {PYODIDE_KERNEL_PLUGIN_ID: own}
    data = {"jupyter-config-data": {"litePluginSettings": settings}}
    lite.config.write_text(json.dumps(data), "utf-8")
    for preload in (["web"], ["comm"]):
        lite.run(packages=["web"], pyodide="core", preload=preload)
        assert lite.settings["loadPyodideOptions"] == {"packages": preload}
    assert lite.run(pyodide="core") is None
    assert lite.settings["pyodideUrl"] == "https://example.org/pyodide.mjs"
    assert not lite.settings.get("loadPyodideOptions", {}).get("packages")
    assert not lite.folder.exists()
    manager = LiteManager(lite_dir=lite.tmp, output_dir=lite.out)
    assert len(list(AsgiAddon(manager=manager).post_build(manager))) == 1


def test_settings_made_by_others_are_kept(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")
    lite.run(packages=["web"], pyodide="core", preload=["web"])
    data = json.loads(lite.config.read_text("utf-8"))
    kernel = data["jupyter-config-data"]["litePluginSettings"][PYODIDE_KERNEL_PLUGIN_ID]
    kernel["loadPyodideOptions"]["packages"] = ["theirs"]
    lite.config.write_text(json.dumps(data), "utf-8")
    lite.run(packages=["web"], pyodide="core", preload=["comm"])
    assert lite.settings["loadPyodideOptions"] == {"packages": ["theirs", "comm"]}


def test_new_wheel_of_ours_does_not_change_the_lock_file(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")
    lite.run(packages=["web"], pyodide="core")
    lock = (lite.tmp / "asgi-lock.json").read_bytes()
    make(lite.out / "extensions" / "kernel" / "static", "jupyterlite_asgi", "8")
    lite.run(packages=["web"], pyodide="core")
    assert (lite.tmp / "asgi-lock.json").read_bytes() == lock


def test_check_and_status_report_missing_files(
    lite: Lite, capsys: pytest.CaptureFixture[str]
) -> None:
    put_pyodide(lite.tmp / "core")
    options: dict[str, Any] = {"packages": ["web"], "pyodide": "core"}
    lite.run(**options)
    assert lite.run("check", **options) is None
    lite.run("status", **options)
    assert "static/pyodide: none\n" in capsys.readouterr().out
    (lite.folder / f"web-1-{PURE}.whl").unlink()
    assert f"static/pyodide: web-1-{PURE}.whl;" in (lite.run("check", **options) or "")
    lite.run("status", **options)
    assert f"static/pyodide: web-1-{PURE}.whl\n" in capsys.readouterr().out


def test_jupyter_lite_takes_the_options_on_its_command_line(lite: Lite) -> None:
    put_pyodide(lite.tmp / "core")

    def build(package: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--no-libarchive"]
        options = ["--asgi-pyodide=core", f"--asgi-packages={package}", "--asgi-packages=comm"]
        places = [f"--asgi-index-url={lite.url}/simple", f"--output-dir={lite.tmp / 'site'}"]
        return subprocess.run(
            [*command, *options, *places],
            cwd=lite.tmp,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )

    config = lite.tmp / "site" / "jupyter-lite.json"
    failed = build("nothing")
    assert failed.returncode != 0
    assert (
        "nothing is in neither the index nor a folder (nothing): check its name." in failed.stdout
    )
    assert "Traceback" not in failed.stdout + failed.stderr
    assert not config.exists()

    done = build("web")
    assert done.returncode == 0, done.stderr
    assert "web 1" in done.stdout
    assert "./static/pyodide/pyodide.mjs" in config.read_text("utf-8")
    lock = json.loads((lite.tmp / "site/static/pyodide/pyodide-lock.json").read_text("utf-8"))
    assert {*KERNEL, "web"} == set(lock["packages"])
