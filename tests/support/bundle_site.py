"""A site to bundle packages for, beside an index of packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.build.bundle.site import Order, bundle
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.files import digest

from .fake_index import PURE, make, put_pyodide

NOWHERE = "http://127.0.0.1:1"


class Site:
    """The surroundings of a build: an index, a cache, the folders that it reads and writes."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url = tmp, url
        self.index, self.own, self.pyodide = tmp / "index", tmp / "own", tmp / "pyodide"
        self.lock = tmp / "lock.json"
        self.output: list[str] = []
        self.packages: dict[str, Any] = {}

    def put(self, name: str, version: str, *requires: str, tag: str = PURE, **files: str) -> Path:
        return make(self.index, name, version, *requires, tag=tag, **files)

    def build(
        self,
        *requirements: str,
        dest: str = "out",
        pyodide: str | Path | None = None,
        preload: tuple[str, ...] = (),
        update: bool = False,
        needed: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        bytecode: bool | None = False,
    ) -> list[str]:
        order = Order(
            asked=requirements,
            wheels=sorted(self.own.glob("*.whl")),
            pyodide=pyodide or put_pyodide(self.pyodide, self.packages),
            preload=preload,
            lock_file=self.lock,
            cache=self.tmp / "cache",
            index_url=f"{self.url}/simple",
            registry=self.url,
            distribution=f"{self.url}/full-{{version}}/" if self.url != NOWHERE else "",
            update=update,
            say=self.output.append,
            needed=needed,
            without=without,
            bytecode=bytecode,
        )
        bundle(order, self.tmp / dest)
        return sorted(path.name for path in (self.tmp / dest).glob("*.whl"))

    def error(self, *requirements: str, **options: Any) -> str:
        with pytest.raises(BuildError) as caught:
            self.build(*requirements, **options)
        return str(caught.value)


def entry_of(path: Path, version: str, *depends: str) -> dict[str, Any]:
    """The entry of a file in Pyodide's lock file."""
    entry: dict[str, Any] = {"file_name": path.name, "sha256": digest(path)}
    return entry | {"version": version, "depends": list(depends)}
