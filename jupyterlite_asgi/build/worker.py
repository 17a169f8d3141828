"""Our script at the head of the site's service worker.

A site has one service worker, JupyterLite's, at its root. Our script goes to the head of that same
file: one fetch, one update, and our listener is the first to see a request. Whatever goes wrong in
it, JupyterLite's part runs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from .cdn.addresses import FOLDER, table

_BEGIN = "/* jupyterlite-asgi: begin */\n"
_END = "/* jupyterlite-asgi: end */\n"


def patch(worker: Path) -> None:
    """Put our script at the head of a built worker; an older one of ours gives way.

    Raises ``OSError`` if the worker cannot be changed, ``ValueError`` if we have no script.
    """
    text = strip(worker.read_text(encoding="utf-8"))
    worker.write_text(_block(worker.parent) + text, encoding="utf-8")


def state(worker: Path) -> str:
    """``current``, or what is wrong with a built worker: ``no`` script, or ``another``."""
    text = worker.read_text(encoding="utf-8") if worker.exists() else ""
    if text.startswith(_block(worker.parent)):
        return "current"
    return "another" if text.startswith(_BEGIN) else "no"


def strip(text: str) -> str:
    """The text of a worker file without our script."""
    if not text.startswith(_BEGIN):
        return text
    ours, end, rest = text.partition(_END)
    return rest if end else ours


def _block(site: Path) -> str:
    """Our script, closed in itself: what it throws is told, and stops nothing after it.

    Before it, in the same block, is what it reads: the site's files by the addresses, of other
    origins, that they stand for.
    """
    try:
        script = files("jupyterlite_asgi").joinpath("static", "worker.js").read_text("utf-8")
    except FileNotFoundError as error:
        raise ValueError(
            "This jupyterlite-asgi was installed without its front end: run `jlpm build` in its "
            "checkout, or install a release."
        ) from error
    assets = {url: f"{FOLDER}/{file}" for url, file in table(site / FOLDER).items()}
    data = f"const jupyterliteAsgiAssets = {json.dumps(assets)};"
    return f"{_BEGIN}try {{\n{data}\n{script}\n}} catch (error) {{ console.error(error); }}\n{_END}"
