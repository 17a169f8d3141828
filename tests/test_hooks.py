"""The parts of JupyterLite and its Pyodide kernel that we depend on, as installed.

None of them is a public interface. If a test fails, a new version of either has changed something.
`ui-tests/test_install.py` runs the tests with the oldest and the newest version that we support.
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
const events = [];
const self = {addEventListener: type => events.push(type)};
class BroadcastChannel {}
const script = require('fs').readFileSync(0, 'utf-8');
require('vm').runInNewContext(script, {self, BroadcastChannel});
process.stdout.write(events.join());
"""

#: Runs a cell through the wheel's kernel class with our extension, without starting a kernel.
_TRANSFORM = """
import asyncio, sys
from types import ModuleType, SimpleNamespace
from unittest.mock import Mock

package = ModuleType("pyodide_kernel")
package.__path__ = [f"{sys.argv[1]}/pyodide_kernel"]
sys.modules["pyodide_kernel"] = package
sys.modules["pyodide_js"] = SimpleNamespace(loadPackagesFromImports=None)

from jupyterlite_asgi.notebook.extension import register
from pyodide_kernel.kernel import PyodideKernel

kernel = PyodideKernel()
register(Mock(kernel=kernel, display_formatter=None))
print(asyncio.run(kernel.lite_transform_manager.transform_cell("%asgi_serve app")))
"""


@functools.cache
def packed() -> dict[str, str]:
    """The files that JupyterLite puts into each site, as far as we test them."""
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
    """The kernel's script that contains all these words."""
    scripts = [path.read_text("utf-8") for path in kernel_files(".js")]
    return next((text for text in scripts if all(word in text for word in words)), "")


def front_end(name: str) -> str:
    """The value of a constant in ``src/lab/kernelSettings.ts``."""
    source = (ROOT / "src" / "lab" / "kernelSettings.ts").read_text("utf-8")
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
def test_pages_are_recognizable_as_jupyterlites(app: str) -> None:
    tags = re.findall(r"<script[^>]*>", packed()[f"{app}/index.html"])
    (config,) = (tag for tag in tags if 'id="jupyter-config-data"' in tag)
    assert 'data-jupyter-lite-root=".."' in config


def test_labextensions_are_where_the_configuration_says() -> None:
    config = json.loads(packed()["jupyter-lite.json"])["jupyter-config-data"]
    assert config["fullLabextensionsUrl"] == "./extensions"


def test_kernels_plugin_reads_the_settings_that_we_write() -> None:
    plugin = front_end("PLUGIN")
    assert plugin == constants.PYODIDE_KERNEL_PLUGIN_ID
    settings = ("litePluginSettings", constants.LOAD_PYODIDE_OPTIONS, constants.PYODIDE_URL)
    assert kernel_script(plugin, *settings), settings
    # The plugin resolves such settings against the site's URL.
    assert re.search(r'endsWith\("URL"\)', kernel_script(plugin, *settings))
    assert constants.OPTION_LOCK_FILE_URL.endswith("URL")


def test_kernels_plugin_loads_pyodide_by_default_from_where_we_look_for_it() -> None:
    folder = front_end("CDN").partition("/v")[0]
    assert kernel_script(folder)


@pytest.mark.parametrize("worker", ["coincident", "comlink"])
def test_kernels_worker_passes_the_options_to_pyodide_unchanged(worker: str) -> None:
    (script,) = (path for path in kernel_files(".js") if path.name.startswith(f"{worker}.worker."))
    text = script.read_text("utf-8")
    assert re.search(rf"\.\.\.[\w.]+\.{constants.LOAD_PYODIDE_OPTIONS}\}}\)", text)


def test_options_have_pyodides_names() -> None:
    assert constants.LOAD_PYODIDE_OPTIONS == "loadPyodideOptions"
    assert constants.OPTION_PACKAGES == "packages"
    assert constants.OPTION_LOCK_FILE_URL == "lockFileURL"
    assert constants.PYODIDE_LOCK == "pyodide-lock.json"
    assert constants.PYODIDE_MJS == "pyodide.mjs"


def test_packages_are_resolved_for_the_kernels_version_of_pyodide() -> None:
    assert re.fullmatch(r"314\.\d+\.\d+", constants.PYODIDE_VERSION)
    assert constants.PYODIDE_VERSION in constants.PYODIDE_CDN_URL


def test_addon_writes_settings_where_pages_read_them(tmp_path: Path) -> None:
    config = tmp_path / "jupyter-lite.json"
    config.write_text("{}", "utf-8")
    addon = AsgiAddon(manager=LiteManager(lite_dir=tmp_path, output_dir=tmp_path))
    written: dict[str, Any] = {"loadPyodideOptions": {"packages": ["app"]}}
    addon.set_lite_plugin_settings(config, "plugin", written)
    assert addon.get_lite_plugin_settings(config, "plugin") == written
    assert json.loads(config.read_text("utf-8")) == {
        "jupyter-config-data": {"litePluginSettings": {"plugin": written}}
    }


def test_kernel_calls_our_transformer() -> None:
    (wheel,) = (path for path in kernel_files(".whl") if path.name.startswith("pyodide_kernel-"))
    done = subprocess.run(
        [sys.executable, "-c", _TRANSFORM, str(wheel)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("await "), done.stderr
