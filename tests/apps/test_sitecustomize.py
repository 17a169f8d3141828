"""The finder of a published app's modules."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from jupyterlite_asgi.build.apps import sitecustomize
from jupyterlite_asgi.build.apps.bytecode import compile_files
from jupyterlite_asgi.build.apps.sitecustomize import Finder, install

MODULES = {
    "asgi_kit": "asgi_kit/__init__.py",
    "asgi_kit.nut": "asgi_kit/nut.py",
    "asgi_bolt": "asgi_bolt.py",
}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Modules with their bytecode, and their index."""
    lines = []
    for name, path in MODULES.items():
        source = tmp_path / path
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"NAME = {name!r}\ndef fail():\n    raise ValueError(NAME)\n")
        compile_files(f'[["{source.as_posix()}", "nothing"]]')
        bytecode = importlib.util.cache_from_source(str(source))
        lines.append(f"{name}\t{source}\t{bytecode}\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "".join(lines)
    for name in MODULES:
        sys.modules.pop(name, None)


def test_it_finds_what_python_would(index: str, tmp_path: Path) -> None:
    finder = Finder(index)
    for name in MODULES:
        path = [str(tmp_path / "asgi_kit")] if "." in name else None
        found, expected = finder.find_spec(name, path), PathFinder.find_spec(name, path)
        assert found is not None
        assert expected is not None
        for attribute in ("name", "origin", "cached", "parent", "has_location"):
            assert getattr(found, attribute) == getattr(expected, attribute), attribute
        assert found.submodule_search_locations == expected.submodule_search_locations
    assert finder.find_spec("json") is None


def test_folders_of_the_app_come_first(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Finder(index)
    monkeypatch.syspath_prepend(tmp_path / "vendored")
    assert finder.find_spec("asgi_bolt") is None
    assert finder.find_spec("asgi_kit.nut", [str(tmp_path / "vendored" / "asgi_kit")]) is None
    assert finder.find_spec("asgi_kit.nut", [str(tmp_path / "asgi_kit")]) is not None
    monkeypatch.setattr(sys, "path", [])
    assert finder.find_spec("asgi_bolt") is None


def test_modules_come_from_their_bytecode(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / sitecustomize.INDEX).write_text(index)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    install(str(tmp_path / sitecustomize.INDEX))
    assert isinstance(sys.meta_path[sys.meta_path.index(PathFinder) - 1], Finder)
    source = tmp_path / MODULES["asgi_kit.nut"]
    source.write_text(source.read_text().replace("NAME =", "NAME = 'changed' or"))
    nut = importlib.import_module("asgi_kit.nut")
    assert nut.NAME == "asgi_kit.nut"
    assert nut.__file__ == str(source)
    with pytest.raises(ValueError, match=r"asgi_kit\.nut") as raised:
        nut.fail()
    assert "raise ValueError(NAME)" in "".join(traceback.format_exception(raised.value))


def test_without_an_index_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [*sys.meta_path]
    monkeypatch.setattr(sys, "meta_path", [*before])
    install(str(tmp_path / sitecustomize.INDEX))
    assert sys.meta_path == before
