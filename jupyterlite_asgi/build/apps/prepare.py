"""Has Node.js run an app once: for its modules' bytecode, what it needs first, and a snapshot.

``src/prepare/`` is the part in Node.js, which runs ``inside.py`` and ``bytecode.py`` in Pyodide and
adds ``sitecustomize.py`` to what it prepares.
"""

from __future__ import annotations

import json
import struct
from functools import partial
from importlib.resources import files as resources
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import BuildError
from ..lock_file import Json
from ..node import Node
from .contents import Contents, Prepare, Prepared
from .format import bundle

WARM = ("/", "/docs", "/openapi.json")
"""The paths that are requested of each app, of which it may have none."""

REST = "rest.json"
"""The file in the first bundle with the paths and sizes of the files in the second.

``src/runtime/start.ts`` reads it.
"""

NO_ZIP = b"PK\x05\x06" + bytes(18)
"""An empty zip file, in place of the standard library's: its modules are in the bundles."""

JSPI, JSPI_IS_STABLE = ("--experimental-wasm-jspi",), 25
"""The flag for stack switching, which browsers have, and the Node.js from which on it needs none.

Python asks for it at its start, so that a snapshot made without has none in browsers either.
"""

LIMIT = 600
"""Seconds that Node.js has for one app."""


def preparer(node: Node) -> Prepare:
    """Return what runs an app with this Node.js."""
    return partial(_prepare, node)


def _prepare(node: Node, contents: Contents) -> Prepared:
    script = Path(str(resources("jupyterlite_asgi") / "static" / "prepare.mjs"))
    if not script.is_file():
        raise BuildError(
            "This copy of jupyterlite-asgi lacks its front end: run `jlpm build` in its checkout, "
            "or install a release."
        )
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        order = _order(contents, folder)
        reads = [folder, contents.core, script]
        options = JSPI if node.version < JSPI_IS_STABLE else ()
        node.run(script, order, reads=reads, writes=[folder], timeout=LIMIT, options=options)
        parts = unbundled((folder / "output").read_bytes())
    report = json.loads(parts["report.json"])
    if report["fault"]:
        raise _failure(str(contents.app["name"]), json.loads(report["fault"]))
    first, rest = unbundled(parts["first"]), unbundled(parts["rest"])
    if rest:
        sizes = [[path, len(data)] for path, data in rest.items()]
        first[REST] = json.dumps(sizes, separators=(",", ":")).encode()
    return Prepared(
        first=first,
        rest=rest,
        stdlib=NO_ZIP,
        snapshot=(parts["snapshot.json"], parts["snapshot"]) if "snapshot" in parts else None,
        warnings=list(_warnings(report)),
        preload=report["preload"],
    )


def _order(contents: Contents, folder: Path) -> Json:
    """Write what Node.js reads into a folder; return what to pass on its standard input."""
    (folder / "bundle").write_bytes(bundle(contents.files))
    libraries = []
    for number, (path, data) in enumerate(contents.libraries):
        file = folder / f"{number}.wasm"
        file.write_bytes(data)
        libraries.append([path, str(file)])
    return {
        "pyodide": str(contents.core),
        "bundle": str(folder / "bundle"),
        "libraries": libraries,
        "modules": {
            name: str(Path(__file__).with_name(f"{name}.py"))
            for name in ("inside", "bytecode", "sitecustomize")
        },
        "app": dict(contents.app),
        "warm": WARM,
        "output": str(folder / "output"),
    }


def unbundled(data: bytes) -> dict[str, bytes]:
    """Return the files of a bundle; the inverse of ``format.bundle()``."""
    (length,) = struct.unpack_from("<I", data)
    position, found = 4 + length, {}
    for path, size in json.loads(data[4:position]):
        found[path] = data[position : position + size]
        position += size
    return found


def _failure(name: str, fault: Json) -> BuildError:
    detail = f"\n{fault['detail']}" if fault["detail"] else ""
    return BuildError(f"App {name}: {fault['sentence']}{detail}")


def _warnings(report: Json) -> list[str]:
    found = []
    if report["refused"]:
        why = report["refused"].rstrip(".")
        found.append(f"it has no snapshot, so that first visits take longer: {why}.")
    if report["drew"]:
        found.append(
            f"{'; '.join(report['drew'])} drew random numbers, which the snapshot makes the same "
            "for all visitors: draw secrets in the app's lifespan or in a request instead."
        )
    if how := report["failures"].get("/"):
        found.append(f"its start page failed when the build requested it, {how}")
    return found
