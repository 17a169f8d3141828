"""The command `jupyter lite`: build, build again, check, archive."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from jupyterlite_core.manager import LiteManager

from jupyterlite_asgi.build import worker as worker_module
from jupyterlite_asgi.build.addon import AsgiAddon
from jupyterlite_asgi.build.worker import strip

MARK = "/* jupyterlite-asgi: begin */"


def lite(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jupyterlite_core", *arguments, "--no-libarchive"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_site_is_built_rebuilt_checked_and_archived(tmp_path: Path) -> None:
    worker = tmp_path / "_output" / "service-worker.js"
    for _ in range(2):
        done = lite(tmp_path, "build")
        assert done.returncode == 0, done.stderr
        assert worker.read_text("utf-8").count(MARK) == 1
    assert lite(tmp_path, "check").returncode == 0

    assert lite(tmp_path, "archive", "--output-archive", "site.tgz").returncode == 0
    with tarfile.open(tmp_path / "site.tgz") as archive:
        packed = archive.extractfile("package/service-worker.js")
        assert packed is not None
        assert packed.read().decode() == worker.read_text("utf-8")


def test_built_site_has_the_labextension_with_its_wheel(tmp_path: Path) -> None:
    assert lite(tmp_path, "build").returncode == 0
    extension = tmp_path / "_output" / "extensions" / "jupyterlite-asgi"
    (wheel,) = (extension / "static" / "pypi").glob("*.whl")
    assert wheel.name.startswith("jupyterlite_asgi-")


def test_addon_can_be_disabled(tmp_path: Path) -> None:
    assert lite(tmp_path, "build", "--disable-addons", "asgi").returncode == 0
    text = (tmp_path / "_output" / "service-worker.js").read_text("utf-8")
    assert strip(text) == text


def test_package_without_its_front_end_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "files", lambda package: tmp_path)
    manager = LiteManager(lite_dir=tmp_path, output_dir=tmp_path)
    (task,) = AsgiAddon(manager=manager).status(manager)
    (report,) = task["actions"]
    with pytest.raises(ValueError, match="lacks its front end: run `jlpm build`"):
        report()
