"""The build addon's part for packages: its options, and what they do to a site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, ClassVar

from doit.exceptions import TaskFailed
from jupyterlite_core.addons.base import BaseAddon
from jupyterlite_core.constants import JUPYTERLITE_JSON, LAB_EXTENSIONS
from jupyterlite_pyodide_kernel.constants import (
    LOAD_PYODIDE_OPTIONS,
    OPTION_LOCK_FILE_URL,
    OPTION_PACKAGES,
    PYODIDE_CDN_URL,
    PYODIDE_KERNEL_PLUGIN_ID,
    PYODIDE_LOCK,
    PYODIDE_MJS,
    PYODIDE_URL,
    PYODIDE_VERSION,
)
from traitlets import Bool, List, Unicode

from ..errors import BuildError

if TYPE_CHECKING:
    from ..lock_file import Json
    from .site import Order

SETTINGS = "jupyterlite-asgi:packages"
"""Where a built site's settings say which of the kernel's are ours."""


class PackagesAddon(BaseAddon):
    """Gives a site's kernels packages that need no network, in ``static/pyodide``."""

    aliases: ClassVar = {
        "asgi-packages": "AsgiAddon.packages",
        "asgi-wheels": "AsgiAddon.wheels",
        "asgi-without": "AsgiAddon.without",
        "asgi-pyodide": "AsgiAddon.pyodide",
        "asgi-preload": "AsgiAddon.preload",
        "asgi-lock-file": "AsgiAddon.lock_file",
        "asgi-index-url": "AsgiAddon.index_url",
        "asgi-npm-registry": "AsgiAddon.npm_registry",
        "asgi-distribution-url": "AsgiAddon.distribution_url",
    }
    flags: ClassVar = {
        "asgi-update": (
            {"AsgiAddon": {"update": True}},
            "Take the newest packages, whatever the lock file says",
        )
    }

    packages = List(
        Unicode(),
        help="Packages that the site has, as PEP 508 lines or `-r FILE`; with none, none are had",
    ).tag(config=True)
    wheels = List(
        Unicode(), help="Wheels of one's own, or folders of them: they go before all others"
    ).tag(config=True)
    without = List(
        Unicode(), help="Packages to leave out although others ask for them, by their names"
    ).tag(config=True)
    pyodide = Unicode(
        help="Pyodide to carry with the packages: `npm`, `npm:VERSION`, a folder of it or an "
        "archive; empty to leave it where JupyterLite has it, on a CDN"
    ).tag(config=True)
    preload = List(
        Unicode(), help="Packages that each kernel loads when it starts, by their names"
    ).tag(config=True)
    lock_file = Unicode(
        "asgi-lock.json", help="Where to keep what was decided, so that it is decided once"
    ).tag(config=True)
    update = Bool(False, help="Whether to decide anew").tag(config=True)
    index_url = Unicode(
        "https://pypi.org/simple", help="An index with PyPI's Simple API, as JSON"
    ).tag(config=True)
    npm_registry = Unicode(
        "https://registry.npmjs.org", help="The npm registry that Pyodide is taken from"
    ).tag(config=True)
    distribution_url = Unicode(
        "https://cdn.jsdelivr.net/pyodide/v{version}/full",
        help="Where packages of Pyodide's distribution are that neither npm nor the index has; "
        "empty to do without",
    ).tag(config=True)

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Tell what of the packages is missing."""
        if self.packages:
            yield self.task(name="asgi:packages", actions=[self._tell])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Gather the packages, or take those away that an earlier build has gathered.

        A site that cannot have them loses its ``jupyter-lite.json``: no page starts without it.
        """
        if self.packages:
            doc = "gather the packages of the site's kernels"
            yield self.task(name="packages", doc=doc, actions=[self._bundle])
        elif self.get_lite_plugin_settings(self._config, SETTINGS):
            doc = "take away the packages of an earlier build"
            yield self.task(name="packages", doc=doc, actions=[self._withdraw])

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail where a package is missing, or is not the one that was built in."""
        if self.packages:
            yield self.task(name="packages", actions=[self._check_packages])

    @property
    def _config(self) -> Path:
        return Path(self.manager.output_dir) / JUPYTERLITE_JSON

    @property
    def _folder(self) -> Path:
        return Path(self.manager.output_dir) / "static" / "pyodide"

    def _bundle(self) -> TaskFailed | None:
        from .site import bundle

        try:
            self._restore()
            bundle(self._order(), self._folder)
        except BuildError as error:
            with suppress(OSError):  # of a site that cannot be written nothing was
                self._config.unlink()
            return TaskFailed(str(error))
        self.maybe_timestamp(self._folder)
        self._configure()
        return None

    def _withdraw(self) -> None:
        self._restore()
        rmtree(self._folder, ignore_errors=True)

    def _pyodide(self) -> str | Path:
        if self.pyodide == "npm":
            return f"npm:{PYODIDE_VERSION}"
        if self.pyodide.startswith("npm:"):
            return str(self.pyodide)
        if self.pyodide:
            return Path(self.manager.lite_dir) / self.pyodide
        settings = self.get_lite_plugin_settings(self._config, PYODIDE_KERNEL_PLUGIN_ID)
        url = str(settings.get(PYODIDE_URL, f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}"))
        if not url.startswith("http"):
            raise BuildError(f"The site has {url} already: give that Pyodide to --asgi-pyodide.")
        return url

    def _order(self) -> Order:
        """What the options ask for; their paths count from the folder of the site's sources."""
        from .requirements import read, wheel_files
        from .site import Order

        base = Path(self.manager.lite_dir)
        if (taken := base / "static" / "pyodide").exists():
            told = "has the place of the packages: move it, and give it to --asgi-pyodide"
            raise BuildError(f"{taken} {told}.")
        # Our own wheel is loaded from the labextension, so a new one leaves the lock file as it is.
        carried = sorted(
            wheel
            for wheel in (Path(self.manager.output_dir) / LAB_EXTENSIONS).rglob("*.whl")
            if not wheel.name.startswith("jupyterlite_asgi-")
        )
        return Order(
            asked=list(read(self.packages, base)),
            wheels=[*wheel_files(self.wheels, base), *carried],
            pyodide=self._pyodide(),
            preload=self.preload,
            without=self.without,
            lock_file=base / self.lock_file,
            cache=Path(self.manager.cache_dir) / "asgi",
            index_url=self.index_url.rstrip("/"),
            registry=self.npm_registry.rstrip("/"),
            distribution=self.distribution_url,
            update=self.update,
            say=print,
        )

    def _configure(self) -> None:
        """Tell the kernel of our lock file, of Pyodide if it is carried, and what to load.

        What is changed is kept beside the settings, so that a later build can take it back.
        """
        from packaging.utils import canonicalize_name

        settings = self._kernel_settings()
        options = settings[LOAD_PYODIDE_OPTIONS]
        loaded = [*options.get(OPTION_PACKAGES, []), *map(canonicalize_name, self.preload)]
        changes: list[Json] = []
        if self.pyodide:
            changes.append(_change(settings, PYODIDE_URL, f"./static/pyodide/{PYODIDE_MJS}"))
        else:
            url = f"./static/pyodide/{PYODIDE_LOCK}"
            changes.append(_change(options, OPTION_LOCK_FILE_URL, url))
        if self.preload:
            changes.append(_change(options, OPTION_PACKAGES, list(dict.fromkeys(loaded))))
        self._set_kernel_settings(settings, changes)

    def _restore(self) -> None:
        """Take back what an earlier build has changed, unless somebody else changed it again."""
        settings = self._kernel_settings()
        ours = self.get_lite_plugin_settings(self._config, SETTINGS)
        for change in ours.get("changes", []):
            for level in (settings, settings[LOAD_PYODIDE_OPTIONS]):
                if level.get(change["key"]) == change["after"]:
                    level.pop(change["key"])
                    if change["before"] is not None:
                        level[change["key"]] = change["before"]
        if ours:
            self._set_kernel_settings(settings, [])

    def _kernel_settings(self) -> Json:
        settings = self.get_lite_plugin_settings(self._config, PYODIDE_KERNEL_PLUGIN_ID)
        return settings | {LOAD_PYODIDE_OPTIONS: dict(settings.get(LOAD_PYODIDE_OPTIONS, {}))}

    def _set_kernel_settings(self, settings: Json, changes: list[Json]) -> None:
        if not settings[LOAD_PYODIDE_OPTIONS]:
            del settings[LOAD_PYODIDE_OPTIONS]
        self.set_lite_plugin_settings(self._config, PYODIDE_KERNEL_PLUGIN_ID, settings)
        ours = {"changes": changes} if changes else {}
        self.set_lite_plugin_settings(self._config, SETTINGS, ours)

    def _tell(self) -> None:
        from .site import faults

        missing = ", ".join(faults(self._folder)) or "nothing"
        print(f"    packages: {missing} missing or changed in {self._folder}")

    def _check_packages(self) -> TaskFailed | None:
        from .site import faults

        if not (wrong := faults(self._folder)):
            return None
        told = "missing, or not what was built in: run `jupyter lite build`"
        return TaskFailed(f"{', '.join(wrong)} in {self._folder}: {told}.")


def _change(settings: Json, key: str, value: object) -> Json:
    before, settings[key] = settings.get(key), value
    return {"key": key, "before": before, "after": value}
