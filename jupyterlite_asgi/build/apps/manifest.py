"""Writes the manifest of a published app, and the files that it lists.

``IManifest`` in ``src/published.ts`` describes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from ..bundle.pyodide import CORE
from ..cdn.files import FOLDER, TABLE
from ..errors import BuildError, unusable
from ..lock_file import Json
from .assembly import PublishedApp
from .contents import STDLIB, Contents, Prepared
from .format import Pool, bundle

FORMAT = 1
"""The version of the manifest's format, which our script in the browser checks."""

Scripts = Mapping[str, bytes]
"""The scripts of the shell and of the runtime, by the names ``shell`` and ``runtime``."""


def path(name: str) -> str:
    """Return the path of an app's manifest within a site; raise ``BuildError`` if it is taken."""
    file = f"{name}.json"
    if file.lower() == TABLE:
        raise BuildError(f"App {name}: this name is taken: choose another one.")
    return f"{FOLDER}/{file}"


def make(
    app: PublishedApp, contents: Contents, prepared: Prepared, scripts: Scripts, pool: Pool
) -> Json:
    """Put an app's files into the pool, and return its manifest."""
    loader, glue, wasm, _ = CORE
    # Python looks for an extension module among its files, although it is loaded from elsewhere.
    first = dict(prepared.first) | {library: b"" for library, _ in contents.libraries}
    build = {
        "pyodide": {
            "loader": pool.put(loader, (contents.core / loader).read_bytes()),
            "glue": pool.put(glue, (contents.core / glue).read_bytes()),
            "wasm": pool.put(wasm, (contents.core / wasm).read_bytes(), packed=True),
            "info": dict(contents.info),
        },
        # Pyodide's own is compressed already; a prepared one is not, as that is smaller.
        "stdlib": pool.put(STDLIB, prepared.stdlib, packed=prepared.stdlib != contents.stdlib),
        "first": pool.put(f"{app.name}.bundle", bundle(first), packed=True),
        "rest": pool.put(f"{app.name}.rest.bundle", bundle(prepared.rest), packed=True)
        if prepared.rest
        else None,
        "libraries": [
            pool.put(f"{library.rpartition('/')[2]}.wasm", data, packed=True) | {"path": library}
            for library, data in contents.libraries
        ],
        "snapshot": _snapshot(app, prepared, pool),
        "app": dict(contents.app) | {"preload": list(prepared.preload)},
        "scripts": {name: pool.put(f"{name}.js", data) for name, data in scripts.items()},
    }
    return {
        "format": FORMAT,
        "name": app.name,
        "title": app.title,
        "icon": _icon(app, pool),
        "notebook": f"lab/index.html?path={quote(app.notebook)}" if app.notebook else "",
        "licenses": pool.put(f"{app.name}.licenses.txt", contents.licenses),
        "build": hashlib.sha256(json.dumps(build).encode()).hexdigest()[:16],
        **build,
    }


def _snapshot(app: PublishedApp, prepared: Prepared, pool: Pool) -> Json | None:
    if prepared.snapshot is None:
        return None
    head, data = prepared.snapshot
    return {
        "head": pool.put(f"{app.name}.snapshot.json", head, packed=True),
        "data": pool.put(f"{app.name}.snapshot", data, packed=True),
    }


def _icon(app: PublishedApp, pool: Pool) -> str:
    if app.icon is None:
        return ""
    try:
        return str(pool.put(f"icon{app.icon.suffix}", app.icon.read_bytes())["url"])
    except OSError as error:
        raise unusable(error) from error


def paths(site: Path) -> list[Path]:
    """Return the manifests of a site's published apps."""
    return sorted(file for file in (site / FOLDER).glob("*.json") if read(file))


def read(file: Path) -> Json:
    """Return a manifest, empty if the file is not one."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        is_one = found["format"] and found["name"] == file.stem and found["scripts"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return dict(found) if is_one else {}


def urls(manifest: Json) -> list[str]:
    """Return the paths within the site of all files that a manifest lists."""
    icon = manifest.get("icon")
    return sorted({*_urls(manifest), *([icon] if isinstance(icon, str) and icon else [])})


def _urls(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(url := value.get("url"), str) and "size" in value:
            yield url
        for child in value.values():
            yield from _urls(child)
    elif isinstance(value, list):
        for child in value:
            yield from _urls(child)
