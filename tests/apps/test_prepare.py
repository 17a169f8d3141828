"""The run of an app in Node.js, from the order to what visitors get."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from jupyterlite_asgi.build.apps import prepare
from jupyterlite_asgi.build.apps.contents import Contents, Prepared
from jupyterlite_asgi.build.apps.format import bundle
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.node import Node

_REPORT = {
    "fault": "",
    "statuses": {"/": 200},
    "failures": {},
    "preload": ["later"],
    "drew": [],
    "refused": "",
}


class _Node:
    """Node.js that writes a result of the test's."""

    def __init__(self, parts: Mapping[str, bytes], version: int = 24) -> None:
        self._parts, self.version = parts, version
        self.order: dict[str, Any] = {}
        self.options: Sequence[str] = ()

    def run(self, script: Path, order: Any, *, options: Sequence[str] = (), **_: Any) -> bytes:
        self.order, self.options = order, options
        self.files = prepare.unbundled(Path(order["bundle"]).read_bytes())
        Path(order["output"]).write_bytes(bundle(self._parts))
        return b""


@pytest.fixture(autouse=True)
def _script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "prepare.mjs").touch()
    monkeypatch.setattr(prepare, "resources", lambda package: tmp_path)


def _parts(**report: object) -> dict[str, bytes]:
    return {
        "report.json": json.dumps(_REPORT | report).encode(),
        "first": bundle({"/app/shop.py": b"app"}),
        "rest": bundle({"/app/lib/kit.py": b"kit"}),
    }


def _prepare(node: _Node, tmp_path: Path) -> Prepared:
    app = {"name": "shop", "module": "/app/shop.py"}
    files = {"/app/shop.py": b"app"}
    contents = Contents(app, files, [("/app/lib/fast.so", b"wasm")], tmp_path, {})
    return prepare.preparer(cast(Node, node))(contents)


def test_parts(tmp_path: Path) -> None:
    node = _Node(_parts() | {"snapshot.json": b"{}", "snapshot": b"heap"})
    prepared = _prepare(node, tmp_path)
    assert node.files == {"/app/shop.py": b"app"}
    assert [path for path, _ in node.order["libraries"]] == ["/app/lib/fast.so"]
    assert json.loads(prepared.first["rest.json"]) == [["/app/lib/kit.py", 3]]
    assert prepared.rest == {"/app/lib/kit.py": b"kit"}
    assert prepared.snapshot == (b"{}", b"heap")
    assert (prepared.preload, prepared.warnings) == (["later"], [])


@pytest.mark.parametrize(("version", "options"), [(24, prepare.JSPI), (25, ())])
def test_stack_switching(tmp_path: Path, version: int, options: Sequence[str]) -> None:
    node = _Node(_parts(), version)
    _prepare(node, tmp_path)
    assert node.options == options


@pytest.mark.parametrize(
    ("report", "warning"),
    [
        ({"refused": "shop.py, line 3 started a timer."}, "shop.py, line 3 started a timer."),
        ({"drew": ["shop.py, line 4"]}, "shop.py, line 4 drew random numbers"),
        (
            {"failures": {"/": "with status 500: open it."}},
            "its start page failed when the build requested it, with status 500: open it.",
        ),
    ],
)
def test_warnings(tmp_path: Path, report: dict[str, object], warning: str) -> None:
    prepared = _prepare(_Node(_parts(**report)), tmp_path)
    (found,) = prepared.warnings
    assert warning in found
    assert ".." not in found
    assert prepared.snapshot is None


def test_only_the_start_page_has_to_be_there(tmp_path: Path) -> None:
    report: dict[str, Any] = {"statuses": {"/": 404}, "failures": {"/docs": "with status 500"}}
    assert _prepare(_Node(_parts(**report)), tmp_path).warnings == []


def test_faults(tmp_path: Path) -> None:
    fault = json.dumps({"sentence": "The app did not start.", "detail": "Traceback: line 1"})
    with pytest.raises(BuildError, match=r"App shop: The app did not start\.\nTraceback: line 1"):
        _prepare(_Node(_parts(fault=fault)), tmp_path)
