from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from graphlib import TopologicalSorter
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import jupyterlite_asgi

DIST = "jupyterlite-asgi"
PACKAGE = Path(jupyterlite_asgi.__file__).parent
BUILD = sorted(PACKAGE.glob("build/**/*.py"))
MODULES = sorted(set(PACKAGE.rglob("*.py")) - set(BUILD))


def imports(path: Path) -> set[str]:
    """The top-level names of all imports in a file, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


#: The paths of the modules, by their names within the package.
NAMES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in [*MODULES, *BUILD]
    if path.parent != PACKAGE or path.stem != "__init__"
}


def internal_imports(name: str, path: Path) -> set[str]:
    """The modules of the package that a module imports, at any depth."""
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            base += node.module.split(".") if node.module else []
            parts = [".".join([*base, alias.name]) for alias in node.names]
            found.update(part if part in NAMES else ".".join(base) for part in parts)
    return (found & NAMES.keys()) - {name}


def importers(module: str, paths: list[Path] = MODULES) -> list[str]:
    return [path.name for path in paths if module in imports(path)]


def test_importing_the_package_does_not_import_serving() -> None:
    script = """
import sys
before = set(sys.modules)
import jupyterlite_asgi
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = [name for name in loaded if name.startswith("jupyterlite_asgi")]
    assert set(ours) <= {"jupyterlite_asgi", "jupyterlite_asgi._version"}
    assert not {"asyncio", "html", "IPython", "anyio"} & set(loaded)


def test_loading_the_extension_does_not_import_serving() -> None:
    script = """
import sys
from unittest.mock import Mock
import jupyterlite_asgi
jupyterlite_asgi.load_ipython_extension(Mock(kernel=None, display_formatter=None))
print(*sorted(name for name in sys.modules if name.startswith("jupyterlite_asgi.")))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    names = (
        "_version",
        "patches",
        "patches.import_hook",
        "patches.probes",
        "preemption",
        "suspension",
        "notebook",
        "notebook.cells",
        "notebook.display",
        "notebook.extension",
        "site",
    )
    ours = {f"jupyterlite_asgi.{name}" for name in names}
    assert set(done.stdout.split()) <= ours


def test_only_one_module_imports_js() -> None:
    assert importers("js") == ["webapi.py"]


def test_there_are_no_circular_imports() -> None:
    """Not even for type checking: a module that needs its user's type declares a protocol."""
    graph = {name: internal_imports(name, path) for name, path in NAMES.items()}
    sorter = TopologicalSorter(graph)
    sorter.prepare()  # raises CycleError, which names the cycle


def test_serving_imports_no_host_and_no_notebook() -> None:
    for name, path in NAMES.items():
        if name.startswith("serving"):
            outside = {
                other
                for other in internal_imports(name, path) - {"hosts.base"}
                if other.startswith(("hosts", "notebook"))
            }
            assert not outside, name


def test_only_the_addon_imports_jupyterlite_core() -> None:
    assert importers("jupyterlite_core", BUILD) == ["addon.py"]


def test_kernel_modules_need_only_the_standard_library_and_the_kernel() -> None:
    known = sys.stdlib_module_names | {"IPython", "comm", "js", "pyodide", "pyodide_js"}
    for path in MODULES:
        if path.name != "client.py":
            # The patch of Dash may import Flask, on which Dash depends.
            beside = {"flask"} if path.name == "dash.py" else set()
            assert imports(path) <= known | beside, path.name


def test_only_the_client_imports_httpx() -> None:
    assert importers("httpx", MODULES) == ["client.py"]
    script = "import jupyterlite_asgi.notebook.serve, sys; print('httpx' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_build_modules_need_only_dependencies_of_the_package() -> None:
    known = sys.stdlib_module_names | {"packaging", "resolvelib", "tomli"}
    # The version of Pyodide; and the app's side of a build, which runs in Pyodide.
    beside = {"resolve.py": {"jupyterlite_pyodide_kernel"}, "inside.py": {"jupyterlite_asgi"}}
    for path in BUILD:
        if path.name != "addon.py":
            assert imports(path) <= known | beside.get(path.name, set()), path.name


def test_importing_the_addon_does_not_import_bundling() -> None:
    script = "import jupyterlite_asgi.build.addon, sys; print('resolvelib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_kernel_wheel_does_not_contain_the_build() -> None:
    wheels = PACKAGE / "labextension" / "static" / "pypi"
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.startswith("jupyterlite_asgi/")]
    assert {"jupyterlite_asgi/serving/server.py", "jupyterlite_asgi/static/kernel.js"} <= {*modules}
    assert "jupyterlite_asgi/static/worker.js" not in modules
    assert not [name for name in modules if name.startswith("jupyterlite_asgi/build/")]


@pytest.mark.parametrize("path", [*MODULES, *BUILD], ids=lambda path: path.stem)
def test_module_has_a_docstring(path: Path) -> None:
    if path.name != "_version.py":
        assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("name", jupyterlite_asgi.__all__)
def test_public_names_exist(name: str) -> None:
    assert getattr(jupyterlite_asgi, name)


def test_unknown_name_raises() -> None:
    with pytest.raises(AttributeError, match="'jupyterlite_asgi' has no attribute 'nothing'"):
        jupyterlite_asgi.nothing  # noqa: B018


def test_labextension_path() -> None:
    (path,) = jupyterlite_asgi._jupyter_labextension_paths()
    assert path == {"src": "labextension", "dest": "jupyterlite-asgi"}


@pytest.mark.parametrize("name", ["jupyterlite-core", "jupyterlite-pyodide-kernel"])
def test_readme_names_the_oldest_supported_version(name: str) -> None:
    needed = {bound.name: bound.specifier for bound in map(Requirement, requires(DIST) or [])}
    (oldest,) = (bound.version for bound in needed[name] if bound.operator == ">=")
    readme = (PACKAGE.parent / "README.md").read_text("utf-8")
    (row,) = (line for line in readme.splitlines() if line.startswith(f"| {name} "))
    assert row.split("|")[2].split()[0] == oldest
