"""The part of the build addon that bundles files from CDNs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from traitlets import List, Unicode

from .. import lock_file
from ..bundle.addon import PackagesAddon, check_faults, print_faults
from ..errors import BuildError
from ..files import sized
from ..lock_file import Json
from .bundling import Registry, carry, faults
from .files import FOLDER, SETS, TABLE, read


class AssetsAddon(PackagesAddon):
    """Copies the files that apps' pages load from a CDN into the site's ``static/asgi``."""

    aliases: ClassVar = PackagesAddon.aliases | {"asgi-assets": "AsgiAddon.assets"}

    assets = List(
        Unicode(),
        default_value=None,
        allow_none=True,
        help="npm files to bundle for the apps' pages: URLs at cdn.jsdelivr.net/npm/ or "
        "unpkg.com/, or `fastapi` for those of FastAPI's own pages; by default, if Pyodide is "
        "bundled too, those that the bundled packages need",
    ).tag(config=True)

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Print which packages and assets are missing or changed."""
        yield from super().status(manager)
        if self._has_assets:
            action = (print_faults, ["assets", self._asset_folder, faults])
            yield self.task(name="asgi:assets", actions=[action])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Bundle packages and assets, or remove those of an earlier build."""
        yield from super().post_build(manager)
        if self.packages or self.assets or self._has_assets:
            doc = "bundle the files that apps' pages load from a CDN"
            yield self.task(
                name="assets", doc=doc, actions=[(self._attempt, [self._bundle_assets])]
            )

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail if a package or an asset is missing or has changed."""
        yield from super().check(manager)
        if self.assets or self._has_assets:
            action = (check_faults, [self._asset_folder, faults])
            yield self.task(name="assets", actions=[action])

    @property
    def _explicit(self) -> list[str] | None:
        chosen: list[str] | None = self.assets  # traitlets' type does not allow None
        return chosen

    @property
    def _asset_folder(self) -> Path:
        return Path(self.manager.output_dir) / FOLDER

    @property
    def _has_assets(self) -> bool:
        return (self._asset_folder / TABLE).exists()

    def _bundle_assets(self) -> None:
        path = Path(self.manager.lite_dir) / self.lock_file
        registry = Registry(self.npm_registry.rstrip("/"), Path(self.manager.cache_dir) / "asgi")
        lock = lock_file.read(path)
        assets = list(read(self._requested(lock)))
        try:
            size = carry(assets, path, registry, self._asset_folder, self.update)
        except BuildError as error:
            if self._explicit is not None or "assets" in lock:
                raise
            print(f"{error} Until then, apps' pages load these files from the CDN.")
            return
        if assets:
            print(sized(size, f"total, {len(assets)} CDN URLs"))
            self.maybe_timestamp(self._asset_folder)

    def _requested(self, lock: Json) -> list[str]:
        """Return the option's value; by default what the packages of an offline site need."""
        if (chosen := self._explicit) is not None:
            return chosen
        bundled = lock.get("packages", {}) if self.packages and self.pyodide else {}
        return [name for name in SETS if name in bundled]
