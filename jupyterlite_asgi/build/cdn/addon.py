"""The build addon's part for what pages ask of a CDN: its option, and what it does to a site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from doit.exceptions import TaskFailed
from traitlets import List, Unicode

from ..bundle.addon import PackagesAddon
from ..errors import BuildError
from .addresses import FOLDER

if TYPE_CHECKING:
    from ..lock_file import Json


class AssetsAddon(PackagesAddon):
    """Gives a site what its apps' pages would ask of a CDN, in ``static/asgi``."""

    aliases: ClassVar = PackagesAddon.aliases | {"asgi-assets": "AsgiAddon.assets"}

    assets = List(
        Unicode(),
        default_value=None,
        allow_none=True,
        help="Files of npm that the site has for its apps' pages, by their addresses at "
        "cdn.jsdelivr.net/npm/ or unpkg.com/, or `fastapi` for those of FastAPI's pages; by "
        "default those of the packages that the site has, if it has Pyodide, too",
    ).tag(config=True)

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Tell what is missing of packages and assets."""
        yield from super().status(manager)
        if self._asset_folder.exists():
            yield self.task(name="asgi:assets", actions=[self._tell_assets])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Gather packages and assets, or take those away that an earlier build has gathered."""
        yield from super().post_build(manager)
        if self.packages or self.assets or self._asset_folder.exists():
            doc = "gather what pages of apps ask of a CDN"
            yield self.task(name="assets", doc=doc, actions=[self._carry])

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail where a package or an asset is missing, or is not the one that was built in."""
        yield from super().check(manager)
        if self.assets or self._asset_folder.exists():
            yield self.task(name="assets", actions=[self._check_assets])

    @property
    def _chosen(self) -> list[str] | None:
        """What the site's author asks for, ``None`` who says nothing."""
        chosen: list[str] | None = self.assets
        return chosen

    @property
    def _asset_folder(self) -> Path:
        return Path(self.manager.output_dir) / FOLDER

    def _carry(self) -> TaskFailed | None:
        from .. import lock_file
        from ..files import sized
        from .addresses import read
        from .assets import Registry, carry

        path = Path(self.manager.lite_dir) / self.lock_file
        registry = Registry(self.npm_registry.rstrip("/"), Path(self.manager.cache_dir) / "asgi")
        try:
            lock = lock_file.read(path)
            assets = list(read(self._asked(lock)))
            try:
                size = carry(assets, path, registry, self._asset_folder, self.update)
            except BuildError as error:
                if self._chosen is not None or "assets" in lock:
                    raise
                print(f"{error} Until then, pages of apps ask a CDN.")
                return None
        except BuildError as error:
            with suppress(OSError):  # of a site that cannot be written nothing was
                self._config.unlink()
            return TaskFailed(str(error))
        if assets:
            print(sized(size, f"in all, for {len(assets)} addresses of CDNs"))
            self.maybe_timestamp(self._asset_folder)
        return None

    def _asked(self, lock: Json) -> list[str]:
        """What is asked for; by default only of a site that asks nothing of the network."""
        from .addresses import SETS

        if (chosen := self._chosen) is not None:
            return chosen
        carried = lock.get("packages", {}) if self.packages and self.pyodide else {}
        return [name for name in SETS if name in carried]

    def _asset_faults(self) -> str:
        from .assets import faults

        return ", ".join(faults(self._asset_folder))

    def _tell_assets(self) -> None:
        missing = self._asset_faults() or "nothing"
        print(f"    assets: {missing} missing or changed in {self._asset_folder}")

    def _check_assets(self) -> TaskFailed | None:
        if not (wrong := self._asset_faults()):
            return None
        told = "missing, or not what was built in: run `jupyter lite build`"
        return TaskFailed(f"{wrong} in {self._asset_folder}: {told}.")
