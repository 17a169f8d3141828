"""Prepends our script to the site's service worker, which is JupyterLite's, if it has one.

One file means one fetch and one update, and our listener sees each request first. If our part
throws, JupyterLite's still runs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from .cdn.files import FOLDER, TABLE, table
from .files import write

LAB = "lab/index.html"
"""JupyterLab's page, within a site that has it."""

_BEGIN = "/* jupyterlite-asgi: begin */\n"
_END = "/* jupyterlite-asgi: end */\n"


def patch(worker: Path) -> None:
    """Prepend our script to a built worker, in place of an older one.

    Raises ``OSError`` if the worker cannot be changed, ``ValueError`` if our script was not built.
    """
    text = strip(worker.read_text(encoding="utf-8"))
    write(worker, (_block(worker.parent) + text).encode())


def write_alone(worker: Path) -> None:
    """Write our script as the service worker of a site without JupyterLite.

    Raises ``OSError`` if the file cannot be written, ``ValueError`` if our script was not built.
    """
    write(worker, _block(worker.parent).encode())


def state(worker: Path) -> str:
    """Return the state of our script in a worker: ``current``, ``outdated`` or ``missing``."""
    text = worker.read_text(encoding="utf-8") if worker.exists() else ""
    if text.startswith(_block(worker.parent)):
        return "current"
    return "outdated" if text.startswith(_BEGIN) else "missing"


def strip(text: str) -> str:
    """Return the text of a worker file without our script."""
    if not text.startswith(_BEGIN):
        return text
    ours, end, rest = text.partition(_END)
    return rest if end else ours


def _block(site: Path) -> str:
    """Return our script and its lists of files and apps, in a block that logs what it throws."""
    try:
        script = files("jupyterlite_asgi").joinpath("static", "worker.js").read_text("utf-8")
    except FileNotFoundError as error:
        raise ValueError(
            "This copy of jupyterlite-asgi lacks its front end: run `jlpm build` in its checkout, "
            "or install a release."
        ) from error
    assets = {url: f"{FOLDER}/{file}" for url, file in table(site / FOLDER).items()}
    data = (
        f"const jupyterliteAsgiAssets = {json.dumps(assets)};\n"
        f"const jupyterliteAsgiPublished = {json.dumps(_published(site / FOLDER))};\n"
        f"const jupyterliteAsgiLab = {json.dumps(LAB if (site / LAB).is_file() else '')};"
    )
    return f"{_BEGIN}try {{\n{data}\n{script}\n}} catch (error) {{ console.error(error); }}\n{_END}"


def _published(folder: Path) -> dict[str, dict[str, str]]:
    """Return what the worker has to know of the apps whose manifests are in a folder, by name."""
    apps = {}
    for path in sorted(folder.glob("*.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest.get("name") == path.stem and path.name != TABLE:
            apps[path.stem] = {"title": manifest["title"]}
    return apps
