"""The addon for ``jupyter lite build``, composed of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from doit.exceptions import TaskFailed

from . import worker
from .apps.addon import AppsAddon


class AsgiAddon(AppsAddon):
    """Makes the apps of a site's notebooks reachable under ``<site>/asgi/``."""

    __all__: ClassVar = ["check", "post_build", "status"]

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Print the state of the script in the service worker, and of packages and assets."""
        path = self._worker(manager)
        yield self.task(
            name="asgi",
            actions=[lambda: print(f"    script in {path.name}: {worker.state(path)}")],
        )
        yield from super().status(manager)

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Bundle packages and assets, publish apps, and prepend our script to the worker."""
        yield from super().post_build(manager)
        path = self._worker(manager)
        yield self.task(
            name="worker",
            doc="add the ASGI bridge to the site's service worker",
            actions=[(self._patch, [path])],
            uptodate=[lambda: worker.state(path) == "current"],
        )
        yield from self.remove_lab(manager)

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail if our script is missing or outdated, or another file of ours."""
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
                f"The site's {path.name} cannot be changed ({error.strerror}): build the site with "
                "JupyterLite's service worker, into a writable folder."
            )
        self.maybe_timestamp(path)
        return None

    def _check(self, path: Path) -> TaskFailed | None:
        state = worker.state(path)
        if state == "current":
            return None
        return TaskFailed(
            f"The jupyterlite-asgi script in {path.name} is {state}: run `jupyter lite build`."
        )
