"""The addon of ``jupyter lite build``: composes what ``worker``, ``bundle`` and ``cdn`` do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from doit.exceptions import TaskFailed

from . import worker
from .cdn.addon import AssetsAddon


class AsgiAddon(AssetsAddon):
    """Lets a site's pages reach the apps of its notebooks, under ``<site>/asgi/``."""

    __all__: ClassVar = ["check", "post_build", "status"]

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Tell whether the built worker has our script, and what of all else is missing."""
        path = self._worker(manager)
        yield self.task(
            name="asgi", actions=[lambda: print(f"    {path.name}: {worker.state(path)}")]
        )
        yield from super().status(manager)

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Put our script at the head of the built worker; an older one of ours gives way."""
        yield from super().post_build(manager)
        path = self._worker(manager)
        yield self.task(
            name="worker",
            doc="add the ASGI bridge to the site's service worker",
            actions=[(self._patch, [path])],
            uptodate=[lambda: worker.state(path) == "current"],
        )

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail where the built worker has no script of ours, or another than this version's.

        Fail, too, where a package or an asset is missing.
        """
        path = self._worker(manager)
        yield self.task(name="worker", actions=[(self._check, [path])])
        yield from super().check(manager)

    def _worker(self, manager: Any) -> Path:
        return Path(manager.output_dir) / "service-worker.js"

    def _patch(self, path: Path) -> TaskFailed | None:
        try:
            worker.patch(path)
        except OSError as error:
            return TaskFailed(
                f"The site's {path.name} cannot be changed ({error.strerror}): build it with "
                "JupyterLite's own, into a folder that can be written."
            )
        self.maybe_timestamp(path)
        return None

    def _check(self, path: Path) -> TaskFailed | None:
        state = worker.state(path)
        if state == "current":
            return None
        told = f"{path.name} has {state} script of jupyterlite-asgi: run `jupyter lite build`."
        return TaskFailed(told)
