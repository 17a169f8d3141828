"""What of JupyterLite and its Pyodide kernel we hold on to, in the versions that are installed.

None of it is promised by anybody. Where one of these fails, a new version of either has moved
something: `ui-tests/test_install.py` runs them at both ends of the range that we name.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jupyterlite_core.config import LiteBuildConfig
from jupyterlite_core.manager import LiteManager
from jupyterlite_pyodide_kernel import constants

from jupyterlite_asgi.build.addon import AsgiAddon

ROOT = Path(__file__).parent.parent
APPS = ["consoles", "edit", "lab", "notebooks", "repl", "tree"]

#: Runs a script as a classic worker, without `import`; prints the events that it listens to.
_LISTEN = """
const heard = [];
const self = {addEventListener: type => heard.push(type)};
class BroadcastChannel {}
const script = require('fs').readFileSync(0, 'utf-8');
require('vm').runInNewContext(script, {self, BroadcastChannel});
console.log(heard.join());
"""

#: The kernel of that wheel, whose own package would start one, with our extension.
_TRANSFORM = """
import asyncio, sys
from types import ModuleType, SimpleNamespace

package = ModuleType("pyodide_kernel")
package.__path__ = [f"{sys.argv[1]}/pyodide_kernel"]
sys.modules["pyodide_kernel"] = package
sys.modules["pyodide_js"] = SimpleNamespace(loadPackagesFromImports=None)

from jupyterlite_asgi.notebook.extension import register
from pyodide_kernel.kernel import PyodideKernel

kernel = PyodideKernel()
shell = SimpleNamespace(
    kernel=kernel, display_formatter=None, register_magic_function=lambda *arguments: None
)
register(shell)
print(asyncio.run(kernel.lite_transform_manager.transform_cell("%asgi_serve app")))
"""


@functools.cache
def packed() -> dict[str, str]:
    """What we look at of JupyterLite's own files, as it puts them into each site."""
    names = {"jupyter-lite.json", "service-worker.js", *(f"{app}/index.html" for app in APPS)}
    with tarfile.open(LiteBuildConfig().app_archive) as archive:
        return {
            name: content.read().decode()
            for member in archive
            if (name := member.name.removeprefix("package/")) in names
            and (content := archive.extractfile(member))
        }


def kernel_files(suffix: str) -> list[Path]:
    """The files of the Pyodide kernel's labextension with that suffix."""
    files = distribution("jupyterlite-pyodide-kernel").files or []
    found = [Path(str(file.locate())) for file in files if file.suffix == suffix]
    return [path for path in found if "labextensions" in path.parts]


def kernel_script(*words: str) -> str:
    """The kernel's script that has all these words."""
    scripts = [path.read_text("utf-8") for path in kernel_files(".js")]
    return next((text for text in scripts if all(word in text for word in words)), "")


def front_end(name: str) -> str:
    """The value of a constant in ``src/lab/kernelWheel.ts``."""
    source = (ROOT / "src" / "lab" / "kernelWheel.ts").read_text("utf-8")
    found = re.search(f"{name} =\\s*'(.+)'", source)
    assert found
    return found[1]


def test_jupyterlites_worker_is_a_classic_script_that_listens_for_fetch() -> None:
    node = shutil.which("node")
    assert node, "the tests need Node.js"
    worker = packed()["service-worker.js"]
    done = subprocess.run(
        [node, "-e", _LISTEN], input=worker, capture_output=True, text=True, check=True
    )
    assert "fetch" in done.stdout.strip().split(",")


@pytest.mark.parametrize("app", APPS)
def test_page_is_marked_as_jupyterlites(app: str) -> None:
    tags = re.findall(r"<script[^>]*>", packed()[f"{app}/index.html"])
    (config,) = (tag for tag in tags if 'id="jupyter-config-data"' in tag)
    assert 'data-jupyter-lite-root=".."' in config


def test_labextensions_are_where_the_configuration_says() -> None:
    config = json.loads(packed()["jupyter-lite.json"])["jupyter-config-data"]
    assert config["fullLabextensionsUrl"] == "./extensions"


def test_kernels_plugin_reads_the_settings_that_we_write() -> None:
    plugin = front_end("KERNEL_PLUGIN")
    assert plugin == constants.PYODIDE_KERNEL_PLUGIN_ID
    settings = ("litePluginSettings", constants.LOAD_PYODIDE_OPTIONS, constants.PYODIDE_URL)
    assert kernel_script(plugin, *settings), settings
    # Names that end so are made absolute, from where the site is.
    assert re.search(r'endsWith\("URL"\)', kernel_script(plugin, *settings))
    assert constants.OPTION_LOCK_FILE_URL.endswith("URL")


@pytest.mark.parametrize("worker", ["coincident", "comlink"])
def test_kernels_worker_hands_the_options_to_pyodide_as_they_are(worker: str) -> None:
    (script,) = (path for path in kernel_files(".js") if path.name.startswith(f"{worker}.worker."))
    text = script.read_text("utf-8")
    assert re.search(rf"\.\.\.[\w.]+\.{constants.LOAD_PYODIDE_OPTIONS}\}}\)", text)


def test_options_have_the_names_that_pyodide_gives_them() -> None:
    assert constants.LOAD_PYODIDE_OPTIONS == "loadPyodideOptions"
    assert constants.OPTION_PACKAGES == "packages"
    assert constants.OPTION_LOCK_FILE_URL == "lockFileURL"
    assert constants.PYODIDE_LOCK == "pyodide-lock.json"
    assert constants.PYODIDE_MJS == "pyodide.mjs"


def test_kernels_own_pyodide_is_one_that_packages_are_resolved_for() -> None:
    assert re.fullmatch(r"314\.\d+\.\d+", constants.PYODIDE_VERSION)
    assert constants.PYODIDE_VERSION in constants.PYODIDE_CDN_URL


def test_settings_that_the_addon_writes_are_those_that_a_page_reads(tmp_path: Path) -> None:
    config = tmp_path / "jupyter-lite.json"
    config.write_text("{}", "utf-8")
    addon = AsgiAddon(manager=LiteManager(lite_dir=tmp_path, output_dir=tmp_path))
    written: dict[str, Any] = {"loadPyodideOptions": {"packages": ["app"]}}
    addon.set_lite_plugin_settings(config, "plugin", written)
    assert addon.get_lite_plugin_settings(config, "plugin") == written
    assert json.loads(config.read_text("utf-8")) == {
        "jupyter-config-data": {"litePluginSettings": {"plugin": written}}
    }


def test_kernel_asks_our_transformer() -> None:
    (wheel,) = (path for path in kernel_files(".whl") if path.name.startswith("pyodide_kernel-"))
    done = subprocess.run(
        [sys.executable, "-c", _TRANSFORM, str(wheel)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("await "), done.stderr
