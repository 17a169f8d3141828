"""The build addon: puts our script into the site's service worker, and beside it what apps need.

A site has one service worker, JupyterLite's, at its root. Our script goes to the head of that same
file: one fetch, one update, and our listener is the first to see a request. Whatever goes wrong in
it, JupyterLite's part runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from doit.exceptions import TaskFailed
from jupyterlite_core.constants import UTF8

from .vendor.assets_addon import FOLDER, AssetsAddon
from .vendor.cdn import table

_BEGIN = "/* jupyterlite-asgi: begin */\n"
_END = "/* jupyterlite-asgi: end */\n"


class AsgiAddon(AssetsAddon):
    """Lets a site's pages reach the apps of its notebooks, under ``<site>/asgi/``."""

    __all__: ClassVar = ["check", "post_build", "status"]

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Tell whether the built worker has our script, and what of all else is missing."""
        worker = self._worker(manager)
        yield self.task(
            name="asgi", actions=[lambda: print(f"    {worker.name}: {_state(worker)}")]
        )
        yield from super().status(manager)

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Put our script at the head of the built worker; an older one of ours gives way."""
        yield from super().post_build(manager)
        worker = self._worker(manager)
        yield self.task(
            name="worker",
            doc="add the ASGI bridge to the site's service worker",
            actions=[(self._patch, [worker])],
            uptodate=[lambda: _state(worker) == "current"],
        )

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail where the built worker has no script of ours, or another than this version's.

        Fail, too, where a package or an asset is missing.
        """
        worker = self._worker(manager)
        yield self.task(name="worker", actions=[(self._check, [worker])])
        yield from super().check(manager)

    def _worker(self, manager: Any) -> Path:
        return Path(manager.output_dir) / "service-worker.js"

    def _patch(self, worker: Path) -> TaskFailed | None:
        try:
            text = strip(worker.read_text(**UTF8))
            worker.write_text(_block(worker.parent) + text, **UTF8)
        except OSError as error:
            return TaskFailed(
                f"The site's {worker.name} cannot be changed ({error.strerror}): build it with "
                "JupyterLite's own, into a folder that can be written."
            )
        self.maybe_timestamp(worker)
        return None

    def _check(self, worker: Path) -> TaskFailed | None:
        state = _state(worker)
        if state == "current":
            return None
        told = f"{worker.name} has {state} script of jupyterlite-asgi: run `jupyter lite build`."
        return TaskFailed(told)


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
        script = files(__package__).joinpath("static", "worker.js").read_text(**UTF8)
    except FileNotFoundError as error:
        raise ValueError(
            "This jupyterlite-asgi was installed without its front end: run `jlpm build` in its "
            "checkout, or install a release."
        ) from error
    assets = {url: f"{FOLDER}/{file}" for url, file in table(site / FOLDER).items()}
    data = f"const jupyterliteAsgiAssets = {json.dumps(assets)};"
    return f"{_BEGIN}try {{\n{data}\n{script}\n}} catch (error) {{ console.error(error); }}\n{_END}"


def _state(worker: Path) -> str:
    """``current``, or what is wrong with the worker: ``no`` script, or ``another``."""
    text = worker.read_text(**UTF8) if worker.exists() else ""
    if text.startswith(_block(worker.parent)):
        return "current"
    return "another" if text.startswith(_BEGIN) else "no"
