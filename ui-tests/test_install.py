"""The distributions: built from the committed files, installed without Node.js.

A site is built with the oldest and with the newest versions that the wheel's metadata allows. These
tests take minutes; `make test-dist` runs them.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from conftest import guarded
from lab import Notebook
from packaging.requirements import Requirement
from playwright.sync_api import Browser, expect
from sites import serve_site
from test_serve import SHOP

pytestmark = pytest.mark.dist

ROOT = Path(__file__).parent.parent
DATA = "jupyterlite_asgi-{}.data/data/share/jupyter/labextensions/jupyterlite-asgi/"

#: A site that needs no network, and whose pages a test can drive.
SITE = {
    "jupyter_lite_config.json": {
        "LiteBuildConfig": {"no_libarchive": True},
        "AsgiAddon": {"packages": ["fastapi"], "pyodide": "npm"},
    },
    "jupyter-lite.json": {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {"exposeAppInBrowser": True},
    },
}

#: Runs a module with missing packages taken from the environment of the tests.
_BORROW = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


def run(
    *command: str | Path, cwd: Path, path: str | Path = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed, with ``path`` as the PATH of its subprocesses."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def committed() -> set[str]:
    """The files of the project, without build results and untracked files."""
    listed = run("git", "ls-files", "-z", cwd=ROOT).stdout.split("\0")
    return {name for name in listed if name and (ROOT / name).exists()}


@dataclasses.dataclass(frozen=True)
class Published:
    """A clean checkout, and the distributions built from it."""

    checkout: Path
    sdist: Path
    wheel: Path

    @property
    def version(self) -> str:
        return self.wheel.name.split("-")[1]

    @property
    def oldest(self) -> list[str]:
        """Pins of the wheel's dependencies at their lower bounds."""
        info = zipfile.Path(self.wheel, f"jupyterlite_asgi-{self.version}.dist-info/")
        bounds = [Requirement(line) for line in PathDistribution(info).requires or []]
        return [
            f"{bound.name}=={specifier.version}"
            for bound in bounds
            if bound.marker is None
            for specifier in bound.specifier
            if specifier.operator == ">="
        ]


@dataclasses.dataclass(frozen=True)
class Environment:
    """An isolated virtual environment, and a site that was built in it."""

    end: str
    folder: Path
    site: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def run(self, command: str, *arguments: str | Path) -> str:
        """The output of a command of the environment."""
        return run(self.bin / command, *arguments, cwd=self.site, path=self.bin).stdout

    def borrow(self, module: str, *arguments: str | Path) -> str:
        """The output of a module from the tests' environment, run in this one."""
        lender = sysconfig.get_path("purelib")
        command = [self.bin / "python", "-I", "-c", _BORROW, lender, module, *arguments]
        done = run(*command, cwd=self.site)
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Sdist and wheel, each built from a clean checkout."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in committed():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, checkout / name)
    run(sys.executable, "-m", "build", "--sdist", "--wheel", cwd=checkout)
    (sdist,) = checkout.glob("dist/*.tar.gz")
    (wheel,) = checkout.glob("dist/*.whl")
    return Published(checkout, sdist, wheel)


@pytest.fixture(scope="session")
def install(
    published: Published, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Environment]:
    """Creates an environment with only the wheel, and a site in it, once for each end."""

    @functools.cache
    def install(end: str) -> Environment:
        folder = tmp_path_factory.mktemp(end)
        environment = Environment(end, folder / "venv", folder / "lite")
        # Shares the cache of downloads with `make site`.
        downloads = ROOT / "build" / "cache" / "asgi"
        downloads.mkdir(parents=True, exist_ok=True)
        (environment.site / ".cache").mkdir(parents=True)
        (environment.site / ".cache" / "asgi").symlink_to(downloads)
        for name, content in SITE.items():
            (environment.site / name).write_text(json.dumps(content), "utf-8")

        pins = published.oldest if end == "oldest" else []
        run(sys.executable, "-m", "venv", environment.folder, cwd=folder)
        environment.run("pip", "install", published.wheel, *pins)
        environment.run("jupyter", "lite", "build")
        return environment

    return install


@pytest.fixture(params=["newest", "oldest"])
def environment(
    request: pytest.FixtureRequest, install: Callable[[str], Environment]
) -> Environment:
    """The environment with the versions at one end of the range."""
    return install(request.param)


def test_sdist_contains_committed_and_built_files(published: Published) -> None:
    with tarfile.open(published.sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    left_out = {name for name in committed() if name.startswith((".ci/", ".github/"))}
    built = names - committed()
    assert names - built == committed() - left_out
    assert built >= {
        "PKG-INFO",
        "jupyterlite_asgi/_version.py",
        "jupyterlite_asgi/labextension/package.json",
        "jupyterlite_asgi/static/kernel.js",
        "jupyterlite_asgi/static/worker.js",
    }
    folders = ("PKG-INFO", "jupyterlite_asgi/_version.py", "jupyterlite_asgi/labextension/")
    assert {name for name in built if not name.startswith(folders)} == {
        "jupyterlite_asgi/static/kernel.js",
        "jupyterlite_asgi/static/worker.js",
    }


def test_wheel_contains_only_package_and_labextension(published: Published) -> None:
    with zipfile.ZipFile(published.wheel) as archive:
        names = set(archive.namelist())
    modules = {name for name in committed() if name.startswith("jupyterlite_asgi/")}
    assert {name for name in names if name.startswith("jupyterlite_asgi/")} == {
        *modules,
        "jupyterlite_asgi/_version.py",
        "jupyterlite_asgi/static/kernel.js",
        "jupyterlite_asgi/static/worker.js",
    }
    assert "jupyterlite_asgi/py.typed" in modules

    data = DATA.format(published.version)
    extension = {name.removeprefix(data) for name in names if name.startswith(data)}
    built = published.checkout / "jupyterlite_asgi" / "labextension"
    files = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    assert extension == files | {"install.json"}
    assert not [name for name in files if name.endswith(".map")]

    info = f"jupyterlite_asgi-{published.version}.dist-info/"
    rest = {name for name in names if not name.startswith(("jupyterlite_asgi/", data))}
    assert {name.removeprefix(info) for name in rest} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_wheel_built_from_the_sdist_without_node_is_identical(
    published: Published, tmp_path: Path
) -> None:
    with tarfile.open(published.sdist) as archive:
        if hasattr(tarfile, "data_filter"):  # missing in early releases of 3.10 and 3.11
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(tmp_path)
    (source,) = tmp_path.iterdir()
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*build, cwd=source, path=tmp_path)
    (wheel,) = source.glob("dist/*.whl")
    assert wheel.read_bytes() == published.wheel.read_bytes()


def test_jupyterlab_lists_the_labextension_as_ok(environment: Environment) -> None:
    listed = environment.borrow("jupyterlab.labextensions", "list")
    (line,) = (line for line in listed.splitlines() if "jupyterlite-asgi" in line)
    words = re.sub(r"\x1b\[\d+m", "", line).split(maxsplit=4)
    assert words[0] == "jupyterlite-asgi"
    assert words[2:] == ["enabled", "OK", "(python, jupyterlite-asgi)"]


def test_hooks_pass(environment: Environment) -> None:
    output = environment.borrow(
        "pytest",
        "--config-file",
        ROOT / "pyproject.toml",
        "-p",
        "no:cacheprovider",
        ROOT / "tests" / "test_hooks.py",
    )
    assert "passed" in output


def test_installed_package_builds_a_working_site(
    browser: Browser, setting: tuple[str, str], environment: Environment
) -> None:
    assert shutil.which("node", path=str(environment.bin)) is None
    environment.run("jupyter", "lite", "check")
    built = environment.site / "_output"
    with serve_site(setting[1], folder=built) as url, guarded(browser) as context:
        notebook = Notebook(context.new_page(), url)
        assert notebook.run(SHOP).error == ""
        expect(notebook.frame("app").locator("body")).to_have_text('{"hits":1}')
        assert notebook.fetch("asgi/app/").text == '{"hits":2}'
