"""The part of the build addon that publishes apps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from doit.exceptions import TaskFailed
from jupyterlite_pyodide_kernel.constants import (
    PYODIDE_KERNEL_PLUGIN_ID,
    PYODIDE_URL,
    PYODIDE_VERSION,
)
from traitlets import Bool, Dict, Unicode, Union

from ..bundle.addon import check_faults, print_faults
from ..cdn.addon import AssetsAddon
from ..cdn.files import FOLDER
from ..errors import BuildError
from ..worker import LAB

if TYPE_CHECKING:
    from ..bundle.site import Order
    from .assembly import PublishedApp


class AppsAddon(AssetsAddon):
    """Publishes apps, each at ``<site>/asgi/<name>/``."""

    aliases: ClassVar = AssetsAddon.aliases | {"asgi-apps": "AsgiAddon.apps"}
    flags: ClassVar = AssetsAddon.flags | {
        "no-lab": (
            {"AsgiAddon": {"lab": False}},
            "Leave out JupyterLab, so that the site has published apps alone",
        )
    }

    apps = Union(
        [Dict(), Unicode()],
        help="Apps to publish: a folder of them, or an object with their names and for each a path "
        "such as `shop.py:app`, or an object with its `app`, `requirements`, `files`, `title`, "
        "`icon` and `notebook`; notebooks may declare themselves in their metadata",
    ).tag(config=True)
    lab = Bool(True, help="Whether the site has JupyterLab, beside published apps").tag(config=True)

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Print which packages, assets and files of published apps are missing or changed."""
        yield from super().status(manager)
        if self._publishes:
            yield self.task(name="asgi:apps", actions=[(print_faults, ["apps", *self._checked()])])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Bundle packages and assets, and publish apps, or remove those of an earlier build."""
        yield from super().post_build(manager)
        if self._publishes:
            doc = "publish apps"
            yield self.task(name="apps", doc=doc, actions=[(self._attempt, [self._publish])])

    def remove_lab(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Remove JupyterLab from the site if it is not wanted, when all addons have run."""
        if not self.lab:
            others = list(_other_tasks(manager))
            yield self.task(
                name="apps:no-lab",
                doc="remove JupyterLab",
                task_dep=[*others, "post_build:asgi:worker"],
                actions=[self._remove_lab],
            )

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail if a package, an asset or a file of a published app is missing or has changed."""
        yield from super().check(manager)
        if self._publishes:
            yield self.task(name="apps", actions=[(check_faults, self._checked())])
        if not self.lab:
            _skip_other_checks(manager)

    @property
    def _site(self) -> Path:
        return Path(self.manager.output_dir)

    @property
    def _publishes(self) -> bool:
        """Whether apps are declared, or have been published by an earlier build."""
        from . import manifest, notebooks

        if self.apps or manifest.paths(self._site):
            return True
        contents = (self._site / "files").rglob("*.ipynb")
        return any(map(notebooks.declares, contents))

    def _checked(self) -> list[Any]:
        from .report import faults

        return [self._site, faults]

    def _published(self) -> list[PublishedApp]:
        """Read the declarations; notebooks declare themselves too, unless others have their name.

        Raises ``BuildError`` if one is invalid.
        """
        from . import declaration

        base = Path(self.manager.lite_dir)
        declared = self.apps
        found = {
            app.name: app
            for app in (declaration.read(declared, base, [self._site]) if declared else [])
        }
        apps = list((declaration.read_notebooks([self._site / "files"]) | found).values())
        declaration.check_distinct(apps)
        return apps

    def _askers(self) -> dict[str, str]:
        from . import resolve

        return resolve.asked(self._published())

    def _core(self) -> str:
        """Return the version of Pyodide that apps get, if they have that of the site's kernels."""
        if not self._published():
            return ""
        settings = self.get_lite_plugin_settings(self._config, PYODIDE_KERNEL_PLUGIN_ID)
        found = re.search(r"/v(\d+\.\d+\.\d+)/", str(settings.get(PYODIDE_URL, "")))
        return found[1] if found else str(PYODIDE_VERSION)

    def _publish(self) -> None:
        from ..bundle.site import deciding
        from . import placement, site

        placement.withdraw(self._site)
        if not (apps := self._published()):
            return
        if not self.lab:
            apps = [replace(app, notebook="") for app in apps]
        lab = LAB if self.lab and (self._site / LAB).is_file() else ""
        with deciding(self._order_of(apps)) as decided:
            placement.put(apps, decided, self._site, print, prepare=site.by_node(), lab=lab)
        if not self.lab:
            site.check(self._site, Path(self.manager.lite_dir))
        for folder in (placement.PAGES, FOLDER):
            self.maybe_timestamp(self._site / folder)

    def _order_of(self, apps: list[PublishedApp]) -> Order:
        """Return the order for the apps' packages: the site's, if it bundles some."""
        from . import resolve

        if self.packages:  # they are bundled already, with those of the apps
            return replace(self._order(), update=False)
        pyodide = self._pyodide() if self.pyodide else f"npm:{PYODIDE_VERSION}"
        return resolve.order(apps, self._sources(pyodide))

    def _remove_lab(self) -> TaskFailed | None:
        from . import manifest, site

        try:
            site.prune(self._site)
            site.complete([path.stem for path in manifest.paths(self._site)], self._site)
        except BuildError as error:
            return TaskFailed(str(error))
        return None


def _other_tasks(manager: Any) -> Iterator[str]:
    """Yield the names of the tasks of other addons that complete the site."""
    for name, addon in manager._addons.items():
        if name != "asgi" and "post_build" in addon.__all__:
            with suppress(Exception):  # JupyterLite reports it
                for task in addon.post_build(manager):
                    yield f"post_build:{name}:{task['name'].replace('=', '--')}"


def _skip_other_checks(manager: Any) -> None:
    """Have other addons check nothing, as what they would check is not in the site."""
    for name, addon in manager._addons.items():
        if name != "asgi":
            addon.__all__ = [hook for hook in addon.__all__ if hook not in ("check", "post_check")]
