"""A folder of published apps, beside an index of packages."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.build.apps import resolve
from jupyterlite_asgi.build.apps.assembly import PublishedApp
from jupyterlite_asgi.build.apps.contents import Contents, Prepare, collect
from jupyterlite_asgi.build.apps.site import publish
from jupyterlite_asgi.build.bundle.site import Order, deciding
from jupyterlite_asgi.build.errors import BuildError

from .fake_index import make, put_pyodide

SCRIPTS = {"shell": b"the shell", "runtime": b"the runtime"}


class Publishing:
    """The surroundings of a build: an index, a cache, the apps' sources, the resulting folder."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url = tmp, url
        self.index, self.sources, self.out = tmp / "index", tmp / "apps", tmp / "out"
        self.sources.mkdir()
        self.packages: dict[str, Any] = {}
        self.output: list[str] = []

    def put(self, name: str, version: str, *requires: str, **files: str) -> Path:
        return make(self.index, name, version, *requires, **files)

    def app(self, name: str, *requirements: str, **fields: Any) -> PublishedApp:
        """Return an app that consists of ``<name>.py``, and of the given ``others`` by name."""
        source = self.sources / f"{name}.py"
        source.write_text("app = None\n", "utf-8")
        files = [(source, source.name)]
        for path, text in fields.pop("others", {}).items():
            file = self.sources / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            files.append((file, path))
        given: dict[str, Any] = {"title": name.title(), "source": source, "expression": "app"}
        given |= {"code": "app = None\n", "icon": None, "notebook": "", "options": {}}
        given |= {"requirements": requirements, "files": tuple(files)}
        return PublishedApp(name=name, **(given | fields))

    def order(self, *apps: PublishedApp) -> Order:
        sources = replace(
            resolve.standard_sources(self.tmp / "cache", self.output.append),
            pyodide=put_pyodide(self.tmp / "pyodide", self.packages),
            index_url=f"{self.url}/simple",
            registry=self.url,
            distribution="",
        )
        return resolve.order(apps, sources)

    def contents(self, app: PublishedApp, *others: PublishedApp) -> Contents:
        with deciding(self.order(app, *others)) as decided:
            return collect(app, decided)

    def publish(self, *apps: PublishedApp, prepare: Prepare | None = None) -> None:
        say = self.output.append
        order = self.order(*apps)
        publish(apps, self.out, say, order=order, find=lambda: prepare, scripts=SCRIPTS)

    def manifest(self, name: str) -> dict[str, Any]:
        found = json.loads((self.out / f"static/asgi/{name}.json").read_text("utf-8"))
        assert isinstance(found, dict)
        return found

    def files(self) -> dict[str, bytes]:
        """Return the contents of all files of the resulting folder."""
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in self.out.rglob("*")
            if path.is_file()
        }

    def read(self, file: dict[str, Any]) -> bytes:
        """Return the contents of a file that a manifest lists."""
        data = (self.out / file["url"]).read_bytes()
        assert len(data) == file["size"]
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def unbundled(data: bytes) -> dict[str, bytes]:
    """Read a bundle as the browser does."""
    (size,) = struct.unpack_from("<I", data)
    position, found = 4 + size, {}
    for path, length in json.loads(data[4:position]):
        found[path] = data[position : position + length]
        position += length
    assert position == len(data)
    return found


def sentence(action: Callable[[], object]) -> str:
    """Return the message of the BuildError that a function raises."""
    with pytest.raises(BuildError) as caught:
        action()
    return str(caught.value)
