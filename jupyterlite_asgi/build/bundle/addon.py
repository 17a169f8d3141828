"""The part of the build addon that bundles packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
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

from ..download import DISTRIBUTION_URL, INDEX_URL, NPM_REGISTRY
from ..errors import BuildError
from ..lock_file import Json
from .pyodide import faults

if TYPE_CHECKING:
    from .site import Order

SETTINGS = "jupyterlite-asgi:packages"
"""The plugin ID under which a built site records our changes to the kernel's settings."""


class PackagesAddon(BaseAddon):
    """Bundles packages in ``static/pyodide``, so that kernels load them from the site."""

    aliases: ClassVar = {
        "asgi-packages": "AsgiAddon.packages",
        "asgi-wheels": "AsgiAddon.wheels",
        "asgi-without": "AsgiAddon.without",
        "asgi-pyodide": "AsgiAddon.pyodide",
        "asgi-preload": "AsgiAddon.preload",
        "asgi-bytecode": "AsgiAddon.bytecode",
        "asgi-lock-file": "AsgiAddon.lock_file",
        "asgi-index-url": "AsgiAddon.index_url",
        "asgi-npm-registry": "AsgiAddon.npm_registry",
        "asgi-distribution-url": "AsgiAddon.distribution_url",
    }
    flags: ClassVar = {
        "asgi-update": (
            {"AsgiAddon": {"update": True}},
            "Resolve again to the newest packages, ignoring the lock file",
        )
    }

    packages = List(
        Unicode(),
        help="Packages to bundle, as PEP 508 requirements or `-r FILE`; none by default",
    ).tag(config=True)
    wheels = List(
        Unicode(), help="Your own wheels, or folders of them, which take precedence over all others"
    ).tag(config=True)
    without = List(Unicode(), help="Names of packages to leave out although they are required").tag(
        config=True
    )
    pyodide = Unicode(
        help="Pyodide to bundle with the packages: `npm`, `npm:VERSION`, a folder or an archive; "
        "by default it stays on JupyterLite's CDN"
    ).tag(config=True)
    preload = List(Unicode(), help="Names of packages that each kernel loads at startup").tag(
        config=True
    )
    bytecode = Bool(
        None,
        allow_none=True,
        help="Whether to compile what kernels import at startup, which needs `pyodide` and Node.js "
        "24 or later; by default if both are there",
    ).tag(config=True)
    lock_file = Unicode(
        "asgi-lock.json", help="The lock file, which records the resolved packages"
    ).tag(config=True)
    update = Bool(False, help="Whether to ignore the lock file and resolve again").tag(config=True)
    index_url = Unicode(INDEX_URL, help="A package index with PyPI's Simple API as JSON").tag(
        config=True
    )
    npm_registry = Unicode(
        NPM_REGISTRY, help="The npm registry to download Pyodide and assets from"
    ).tag(config=True)
    distribution_url = Unicode(
        DISTRIBUTION_URL,
        help="The URL of Pyodide's distribution, for packages that neither npm nor the index has; "
        "empty to do without them",
    ).tag(config=True)

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Print which packages are missing or changed."""
        if self.packages:
            action = (print_faults, ["packages", self._folder, faults])
            yield self.task(name="asgi:packages", actions=[action])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Bundle the packages, or remove those of an earlier build.

        On failure the site loses its ``jupyter-lite.json``, so that no page starts.
        """
        if self.packages:
            doc = "bundle packages for the site's kernels"
            yield self.task(name="packages", doc=doc, actions=[(self._attempt, [self._bundle])])
        elif self.get_lite_plugin_settings(self._config, SETTINGS):
            doc = "remove the packages of an earlier build"
            yield self.task(name="packages", doc=doc, actions=[self._withdraw])

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail if a package is missing or has changed."""
        if self.packages:
            yield self.task(name="packages", actions=[(check_faults, [self._folder, faults])])

    @property
    def _config(self) -> Path:
        return Path(self.manager.output_dir) / JUPYTERLITE_JSON

    @property
    def _folder(self) -> Path:
        return Path(self.manager.output_dir) / "static" / "pyodide"

    def _attempt(self, step: Callable[[], None]) -> TaskFailed | None:
        """Run a step of the build; if it fails, remove the site's ``jupyter-lite.json``."""
        try:
            step()
        except BuildError as error:
            with suppress(OSError):  # nothing was written to a site that is not writable
                self._config.unlink()
            return TaskFailed(str(error))
        return None

    def _bundle(self) -> None:
        from .site import bundle

        self._restore()
        bundle(self._order(), self._folder)
        self.maybe_timestamp(self._folder)
        self._configure()

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
            raise BuildError(f"The site already has a Pyodide at {url}: pass it to --asgi-pyodide.")
        return url

    def _order(self) -> Order:
        """Read the options; their paths are relative to the site's sources."""
        from .requirements import read

        base = Path(self.manager.lite_dir)
        if (taken := base / "static" / "pyodide").exists():
            raise BuildError(
                f"{taken} is where the packages go: move it, and pass its new path to "
                "--asgi-pyodide."
            )
        # Our own wheel is loaded from the labextension, so a new one leaves the lock file as it is.
        provided = sorted(
            wheel
            for wheel in (Path(self.manager.output_dir) / LAB_EXTENSIONS).rglob("*.whl")
            if not wheel.name.startswith("jupyterlite_asgi-")
        )
        asked = list(read(self.packages, base))
        askers = {line: who for line, who in self._askers().items() if line not in asked}
        order = self._sources(self._pyodide())
        return replace(
            order,
            asked=[*asked, *askers],
            askers=askers,
            core=self._core(),
            wheels=[*order.wheels, *provided],
            preload=self.preload,
            bytecode=self.bytecode,
        )

    def _sources(self, pyodide: str | Path) -> Order:
        """Return an order of nothing, which says where packages come from."""
        from .requirements import wheel_files
        from .site import Order

        base = Path(self.manager.lite_dir)
        return Order(
            asked=(),
            wheels=wheel_files(self.wheels, base),
            pyodide=pyodide,
            preload=(),
            without=self.without,
            lock_file=base / self.lock_file,
            cache=Path(self.manager.cache_dir) / "asgi",
            index_url=self.index_url.rstrip("/"),
            registry=self.npm_registry.rstrip("/"),
            distribution=self.distribution_url,
            update=self.update,
            say=print,
        )

    def _askers(self) -> dict[str, str]:
        """Return further requirements, each with the apps that have it."""
        return {}

    def _core(self) -> str:
        """Return the version of Pyodide whose core the site has beside its packages, or empty."""
        return ""

    def _configure(self) -> None:
        """Point the kernel's settings to our lock file or Pyodide, and list what to preload.

        The changes are recorded beside the settings, so that a later build can undo them.
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
        """Undo the changes of an earlier build, except those that somebody has changed since."""
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


def print_faults(what: str, folder: Path, faults: Callable[[Path], list[str]]) -> None:
    """Print which of a folder's files are missing or have changed."""
    print(f"    {what} missing or changed in {folder}: {', '.join(faults(folder)) or 'none'}")


def check_faults(folder: Path, faults: Callable[[Path], list[str]]) -> TaskFailed | None:
    """Return a failure that names those files, if there are any."""
    if not (wrong := faults(folder)):
        return None
    return TaskFailed(
        f"Missing or changed in {folder}: {', '.join(wrong)}; run `jupyter lite build`."
    )


def _change(settings: Json, key: str, value: object) -> Json:
    before, settings[key] = settings.get(key), value
    return {"key": key, "before": before, "after": value}
