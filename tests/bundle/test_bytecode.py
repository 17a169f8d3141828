"""Bytecode in a bundled Pyodide: by the real Node.js and Pyodide, and what happens without them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.build.bundle import bytecode
from jupyterlite_asgi.build.bundle.pyodide import CORE, faults
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.node import MISSING, find_node

from ..support.bundle_site import Site
from ..support.fake_index import PURE, put_pyodide
from ..support.pyodide_core import cached_pyodide

LATER = "Until then, each kernel compiles what it imports."
NODE, PYODIDE = find_node(), cached_pyodide()
needs_both = pytest.mark.skipif(
    not (NODE and PYODIDE), reason="there is no Node.js 24, or no Pyodide in the cache of a build"
)


class FakeNode:
    """Node.js whose scripts find one module of each wheel, and append a byte to the archives."""

    def __init__(self, error: str = "") -> None:
        self.error = error
        self.requests: list[dict[str, Any]] = []

    def run(
        self, script: Path, request: Any, *, reads: Sequence[Path], writes: Sequence[Path] = ()
    ) -> bytes:
        self.requests.append(request)
        if self.error:
            raise BuildError(self.error)
        if script.name == "imports.mjs":
            assert not writes, "the packages run here"
            return json.dumps([f"/{name}" for name in request["modules"]]).encode()
        names = [request["stdlib"], *request["wheels"]]
        for name in names:
            (writes[0] / name).write_bytes((reads[0] / name).read_bytes() + b"!")
        return json.dumps(dict.fromkeys(names, 1)).encode()


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    fake = FakeNode()
    monkeypatch.setattr(bytecode, "find_node", lambda: fake)
    return fake


@pytest.fixture
def no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytecode, "find_node", lambda: None)


def locked(folder: Path) -> dict[str, Any]:
    packages = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    assert isinstance(packages, dict)
    return packages


def test_what_kernels_need_is_compiled_and_the_lock_file_follows(
    site: Site, node: FakeNode
) -> None:
    site.put("kernel", "1", "helper")
    site.put("helper", "2")
    site.put("other", "3")
    before = site.lock
    wheels = site.build("other", needed=("kernel",), bytecode=True)
    kernel, helper = (next(w for w in wheels if w.startswith(n)) for n in ("kernel", "helper"))
    assert re.fullmatch(rf"kernel-1-0pyc[0-9a-f]{{8}}-{PURE}\.whl", kernel)
    assert sorted([kernel, helper, f"other-3-{PURE}.whl"]) == wheels
    out = site.tmp / "out"
    assert locked(out)["kernel"]["file_name"] == kernel
    assert faults(out) == []
    assert (out / "python_stdlib.zip").read_bytes().endswith(b"!")
    assert json.loads(before.read_text("utf-8"))["packages"]["kernel"]["filename"].endswith(
        f"kernel-1-{PURE}.whl"
    )
    assert node.requests[0]["modules"] == ["kernel"]
    assert "        0 KiB  bytecode of 3 modules" in site.output


def test_preloaded_packages_are_compiled(site: Site, node: FakeNode) -> None:
    site.put("app", "1")
    site.build("app", preload=("app",), bytecode=True)
    assert node.requests[1]["sources"] == ["/app"]


def test_what_is_in_the_cache_is_not_compiled_again(site: Site, node: FakeNode) -> None:
    site.put("kernel", "1")
    first = site.build(needed=("kernel",), bytecode=True)
    count = len(node.requests)
    assert site.build(needed=("kernel",), bytecode=True, dest="again") == first
    assert len(node.requests) == count
    put_pyodide(site.pyodide)
    (site.pyodide / CORE[2]).write_text("another", "utf-8")
    bytecode_before = set((site.tmp / "cache").glob("bytecode-*"))
    site.build(needed=("kernel",), bytecode=True, pyodide=site.pyodide)
    assert len(set((site.tmp / "cache").glob("bytecode-*")) - bytecode_before) == 1


@pytest.mark.usefixtures("no_node")
def test_without_node_the_site_has_sources_and_the_build_says_so(site: Site) -> None:
    site.put("kernel", "1")
    assert site.build(needed=("kernel",), bytecode=None) == [f"kernel-1-{PURE}.whl"]
    assert f"{MISSING} {LATER}" in site.output
    assert site.error(needed=("kernel",), bytecode=True) == MISSING
    assert not any("compile" in line for line in output_of(site, bytecode=False))


def test_a_failure_of_node_leaves_the_site_with_sources(site: Site, node: FakeNode) -> None:
    node.error = "bytecode.mjs failed in Node.js 24 (Error: no)."
    site.put("kernel", "1")
    assert site.build(needed=("kernel",), bytecode=None) == [f"kernel-1-{PURE}.whl"]
    assert f"{node.error} {LATER}" in site.output
    assert faults(site.tmp / "out") == []
    assert site.error(needed=("kernel",), bytecode=True) == node.error
    assert not list((site.tmp / "cache").glob("bytecode-*"))


def test_pyodide_elsewhere_is_not_compiled(site: Site, node: FakeNode) -> None:
    put_pyodide(site.index / "full")
    site.put("kernel", "1")
    url = f"{site.url}/full/pyodide.mjs"
    site.build(needed=("kernel",), pyodide=url, bytecode=None)
    assert node.requests == []
    message = "`bytecode` is for a site with its own Pyodide: set `pyodide`, too."
    assert site.error(needed=("kernel",), pyodide=url, bytecode=True) == message


def test_a_wheel_with_a_build_tag_keeps_it() -> None:
    tagged = bytecode._tagged(f"lib-1.0-2local-{PURE}.whl", "0123456789")
    assert tagged == f"lib-1.0-2localpyc01234567-{PURE}.whl"


@needs_both
def test_pyodide_compiles_and_then_loads_the_bytecode(site: Site) -> None:
    assert NODE
    assert PYODIDE
    folder = site.tmp / "core"
    shutil.copytree(PYODIDE, folder)
    core = json.loads((folder / "pyodide-lock.json").read_text("utf-8")) | {"packages": {}}
    (folder / "pyodide-lock.json").write_text(json.dumps(core), "utf-8")
    files = {
        "lib/__init__.py": "from . import part",
        "lib/part.py": "import json",
        "lib/rest.py": "",
    }
    site.put("lib", "1", **files)
    (wheel,) = site.build(needed=("lib",), pyodide=folder, bytecode=True)
    out = site.tmp / "out"
    with zipfile.ZipFile(out / wheel) as archive:
        added = {Path(name).name for name in archive.namelist() if name.endswith(".pyc")}
        assert set(files) <= set(archive.namelist())
    assert added == {"__init__.cpython-314.pyc", "part.cpython-314.pyc"}
    request = {"folder": str(out), "packages": ["lib"], "modules": ["lib"]}
    script = Path(bytecode.__file__).with_name("imports.mjs")
    sources = json.loads(NODE.run(script, request, reads=[out]))
    # A module from an archive has its bytecode as its origin, an installed one its source.
    assert [path for path in sources if ".zip/" in path] == []
    assert [path.partition("/site-packages/")[2] for path in sources] == [*files][:2]


def output_of(site: Site, **options: Any) -> list[str]:
    site.output.clear()
    site.build(needed=("kernel",), **options)
    return site.output
