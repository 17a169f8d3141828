"""Prepends our script to the site's service worker, which is JupyterLite's, if it has one.

One file means one fetch and one update, and our listener sees each request first. If our part
throws, JupyterLite's still runs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from .apps.pages import AppPage, list_parts
from .cdn.files import FOLDER, TABLE, table
from .files import write

LAB = "lab/index.html"
"""JupyterLab's page, within a site that has it."""

_CONFIG = "jupyter-lite.json"
"""JupyterLite's configuration, within a site that has notebooks."""

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
    """Return our script and what it has to know of the site; the block logs what they throw."""
    try:
        script = files("jupyterlite_asgi").joinpath("static", "worker.js").read_text("utf-8")
    except FileNotFoundError as error:
        raise ValueError(
            "This copy of jupyterlite-asgi lacks its front end: run `jlpm build` in its checkout, "
            "or install a release."
        ) from error
    apps = _published(site / FOLDER)
    lab = LAB if (site / LAB).is_file() else ""
    constants = {
        "jupyterliteAsgiAssets": {
            url: f"{FOLDER}/{file}" for url, file in table(site / FOLDER).items()
        },
        "jupyterliteAsgiPublished": {app.name: {"title": app.title} for app in apps},
        "jupyterliteAsgiList": list_parts(apps, lab)._asdict() if apps else None,
        "jupyterliteAsgiNotebooks": (site / _CONFIG).is_file(),
    }
    data = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in constants.items())
    return f"{_BEGIN}try {{\n{data}{script}\n}} catch (error) {{ console.error(error); }}\n{_END}"


def _published(folder: Path) -> list[AppPage]:
    """Return the apps whose manifests are in a folder, ordered by name."""
    apps = []
    for path in sorted(folder.glob("*.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest.get("name") == path.stem and path.name != TABLE:
            apps.append(AppPage(path.stem, manifest["title"], manifest["icon"]))
    return apps
