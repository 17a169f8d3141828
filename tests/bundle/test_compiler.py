"""What runs in Pyodide to add bytecode to archives, here on CPython."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import io
import sys
import zipfile
from pathlib import Path

import pytest

from jupyterlite_asgi.build.bundle.compiler import imported, with_bytecode

MODULES = {
    "pkg/__init__.py": "",
    "pkg/mod.py": "def answer():\n    return 42\n",
    "pkg/rest.py": "",
    "pkg/broken.py": "def",
    "pkg/data.txt": "text",
}
TAG = sys.implementation.cache_tag


def archive(files: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return file.getvalue()


def compiled(root: str, *names: str) -> dict[str, bytes]:
    """Compile these modules in an archive; return the files that were added."""
    changed, count = with_bytecode(archive(MODULES), root, {f"{root}/{name}" for name in names})
    with zipfile.ZipFile(io.BytesIO(changed)) as opened:
        assert {name: opened.read(name).decode() for name in MODULES} == MODULES
        added = {name: opened.read(name) for name in opened.namelist() if name not in MODULES}
    assert count == len(added)
    return added


def test_bytecode_of_a_wheel_is_where_python_looks_once_it_is_unpacked() -> None:
    added = compiled("/site", "pkg/__init__.py", "pkg/mod.py")
    cache = "pkg/__pycache__"
    assert sorted(added) == [f"{cache}/__init__.{TAG}.pyc", f"{cache}/mod.{TAG}.pyc"]


def test_bytecode_of_what_is_imported_from_the_archive_is_beside_the_source() -> None:
    assert sorted(compiled("/lib/python.zip", "pkg/mod.py")) == ["pkg/mod.pyc"]


def test_the_record_lists_the_bytecode_so_that_it_is_uninstalled_with_its_package() -> None:
    record = "pkg-1.dist-info/RECORD"
    files = MODULES | {record: "pkg/mod.py,,", "pkg-1.dist-info/METADATA": ""}
    changed, _ = with_bytecode(archive(files), "/site", {"/site/pkg/mod.py"})
    with zipfile.ZipFile(io.BytesIO(changed)) as opened:
        rows = opened.read(record).decode().splitlines()
        assert sorted(opened.namelist()) == sorted({*files, *(row.split(",")[0] for row in rows)})
    assert rows == ["pkg/mod.py,,", f"pkg/__pycache__/mod.{TAG}.pyc,,"]


def test_a_module_that_does_not_compile_stays_as_it_is() -> None:
    assert compiled("/site", "pkg/broken.py") == {}


def test_the_same_archive_gives_the_same_bytes() -> None:
    data, wanted = archive(MODULES), {"/site/pkg/mod.py"}
    assert with_bytecode(data, "/site", wanted) == with_bytecode(data, "/site", wanted)


def test_python_imports_the_bytecode_and_finds_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lib.zip"
    files = {"lazy_lib.py": "def answer():\n    return 42\n"}
    changed, _ = with_bytecode(archive(files), str(path), {f"{path}/lazy_lib.py"})
    path.write_bytes(changed)
    monkeypatch.syspath_prepend(path)
    module = importlib.import_module("lazy_lib")
    assert module.__file__ == str(path / "lazy_lib.pyc")
    assert module.answer.__code__.co_filename == str(path / "lazy_lib.py")
    assert inspect.getsource(module.answer) == files["lazy_lib.py"]


def test_bytecode_does_not_hide_another_version_of_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"swapped_lib.py": "version = 1\n"}
    changed, _ = with_bytecode(archive(files), str(tmp_path), {f"{tmp_path}/swapped_lib.py"})
    with zipfile.ZipFile(io.BytesIO(changed)) as opened:
        opened.extractall(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.import_module("swapped_lib").version == 1
    (tmp_path / "swapped_lib.py").write_text("version = 2\n", "utf-8")
    monkeypatch.delitem(sys.modules, "swapped_lib")
    importlib.invalidate_caches()
    assert importlib.import_module("swapped_lib").version == 2


def test_imports_that_fail_count_as_far_as_they_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {
        "first_lib": "",
        "failing_lib": "import first_lib\n1 / 0\n",
        "ending_lib": "raise SystemExit\n",
        "last_lib": "",
    }
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = imported(["failing_lib", "no_lib", "ending_lib", "last_lib"])
    mine = [file for file in found if file.startswith(str(tmp_path))]
    assert mine == [str(tmp_path / "first_lib.py"), str(tmp_path / "last_lib.py")]
