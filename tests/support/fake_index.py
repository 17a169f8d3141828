"""Generated wheels, and a local server that is a package index, a CDN and an npm registry."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

from jupyterlite_asgi.build.bundle.pyodide import CORE, LOCK
from jupyterlite_asgi.build.files import digest

INFO = {
    "abi_version": "2026_0",
    "arch": "wasm32",
    "platform": "emscripten_5_0_3",
    "python": "3.14.2",
}
PURE = "py3-none-any"
WASM = "cp314-cp314-pyemscripten_2026_0_wasm32"
PACKUMENT = "_packument.json"
LINUX = "cp314-cp314-manylinux_2_17_x86_64"


def make(
    folder: Path, name: str, version: str, *requires: str, tag: str = PURE, **files: str
) -> Path:
    """Write a wheel with the given files, or with an empty package if there are none."""
    path = folder / f"{name}-{version}-{tag}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {line}\n" for line in requires)
    root = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in (files or {f"{name}/__init__.py": ""}).items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", f"{root}Tag: {tag}\nTag: other\n")
        archive.writestr(f"{info}/RECORD", "".join(f"{n},,\n" for n in archive.namelist()))
    return path


def put_pyodide(folder: Path, packages: dict[str, Any] | None = None) -> Path:
    """Write a folder that looks like a release of Pyodide."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in CORE:
        (folder / name).write_text(f"the {name} of {folder.name}", "utf-8")
    lock = {"info": INFO, "packages": packages or {}}
    (folder / LOCK).write_text(json.dumps(lock), "utf-8")
    return folder


def put_archive(path: Path, folder: Path, top: str = "pyodide") -> Path:
    """Pack a folder's files into an archive like those of Pyodide's releases."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:bz2" if path.suffix == ".bz2" else "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, f"{top}/{file.name}")
    return path


def put_npm(index: Path, pyodide: Path, version: str) -> Path:
    """Add Pyodide to the server, as in npm's registry."""
    archive = index / "pyodide" / "-" / f"pyodide-{version}.tgz"
    put_archive(archive, pyodide, "package")
    entry = {"dist": {"integrity": _sri(archive)}}
    (index / "pyodide" / version).write_text(json.dumps(entry), "utf-8")
    return archive


def put_release(
    index: Path, package: str, version: str, tag: str = "", **files: str | bytes
) -> Path:
    """Add a release with files to the server, as in npm's registry."""
    folder = index / package
    archive = folder / "-" / f"{folder.name}-{version}.tgz"
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(f"package/{path}")
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    page = folder / PACKUMENT
    known = json.loads(page.read_text("utf-8")) if page.exists() else {}
    versions = known.get("versions", {}) | {version: {"dist": {"integrity": _sri(archive)}}}
    tags = known.get("dist-tags", {}) | ({tag: version} if tag else {})
    page.write_text(json.dumps({"dist-tags": tags, "versions": versions}), "utf-8")
    return archive


def _sri(archive: Path) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()}"


class Index(BaseHTTPRequestHandler):
    """Serves a folder's files, and below ``/simple/`` PyPI's Simple API for its wheels.

    ``_index.json`` in the folder has further fields for a file's entry.
    """

    def __init__(self, *args: Any, folder: Path) -> None:
        self.folder = folder
        super().__init__(*args)

    def do_GET(self) -> None:
        name = self.path.removeprefix("/simple").strip("/")
        path = self.folder / name
        path = path / PACKUMENT if (path / PACKUMENT).is_file() else path
        body = path.read_bytes() if path.is_file() else self.page(name)
        self.send_response(200 if body else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, name: str) -> bytes:
        extra = self.folder / "_index.json"
        more = json.loads(extra.read_text()) if extra.exists() else {}
        files = [
            {
                "filename": path.name,
                "url": f"http://{self.headers['host']}/{path.name}",
                "hashes": {"sha256": digest(path)},
            }
            | more.get(path.name, {})
            for path in sorted(self.folder.glob("*.whl"))
            if path.name.split("-")[0].replace("_", "-") == name
        ]
        return json.dumps({"files": files}).encode() if files else b""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve ``folder``; yield the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, folder=folder))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
