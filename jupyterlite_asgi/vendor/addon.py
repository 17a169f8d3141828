"""The build addon's part for packages: its options, and what they do to a site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
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

from .errors import VendorError

if TYPE_CHECKING:
    from .site import Order


class PackagesAddon(BaseAddon):
    """Gives a site's kernels packages that need no network, in ``static/pyodide``."""

    aliases: ClassVar = {
        "asgi-packages": "AsgiAddon.packages",
        "asgi-wheels": "AsgiAddon.wheels",
        "asgi-pyodide": "AsgiAddon.pyodide",
        "asgi-preload": "AsgiAddon.preload",
        "asgi-lock-file": "AsgiAddon.lock_file",
        "asgi-index-url": "AsgiAddon.index_url",
        "asgi-npm-registry": "AsgiAddon.npm_registry",
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
    pyodide = Unicode(
        help="Pyodide to carry with the packages: `npm`, `npm:VERSION`, or a folder of it; "
        "empty to leave it where JupyterLite has it, on a CDN"
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

    def status(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Tell what of the packages is missing."""
        if self.packages:
            yield self.task(name="asgi:packages", actions=[self._tell])

    def post_build(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Gather the packages.

        A site that cannot have them loses its ``jupyter-lite.json``: no page starts without it.
        """
        if self.packages:
            doc = "gather the packages of the site's kernels"
            yield self.task(name="packages", doc=doc, actions=[self._vendor])

    def check(self, manager: Any) -> Iterator[dict[str, Any]]:
        """Fail where a package is missing, or is not the one that was built in."""
        if self.packages:
            yield self.task(name="packages", actions=[self._check_packages])

    @property
    def _vendored(self) -> Path:
        return Path(self.manager.output_dir) / "static" / "pyodide"

    def _vendor(self) -> TaskFailed | None:
        from .site import vendor

        config = Path(self.manager.output_dir) / JUPYTERLITE_JSON
        try:
            vendor(self._order(config), self._vendored)
        except VendorError as error:
            with suppress(OSError):  # of a site that cannot be written nothing was
                config.unlink()
            return TaskFailed(str(error))
        self.maybe_timestamp(self._vendored)
        self._configure(config)
        return None

    def _pyodide(self, config: Path) -> str | Path:
        base = Path(self.manager.lite_dir)
        if self.pyodide == "npm":
            return f"npm:{PYODIDE_VERSION}"
        if self.pyodide.startswith("npm:"):
            return str(self.pyodide)
        if self.pyodide:
            return base / self.pyodide
        settings = self.get_lite_plugin_settings(config, PYODIDE_KERNEL_PLUGIN_ID)
        url = str(settings.get(PYODIDE_URL, f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}"))
        if not url.startswith("http"):
            raise VendorError(f"The site has {url} already: give its folder to --asgi-pyodide.")
        return url

    def _order(self, config: Path) -> Order:
        """What the options ask for; their paths count from the folder of the site's sources."""
        from .requirements import read, wheel_files
        from .site import Order

        base = Path(self.manager.lite_dir)
        if (taken := base / "static" / "pyodide").exists():
            told = "has the place of the packages: move it, and give it to --asgi-pyodide"
            raise VendorError(f"{taken} {told}.")
        # Our own wheel is loaded from the labextension, so a new one leaves the lock file as it is.
        carried = sorted(
            wheel
            for wheel in (Path(self.manager.output_dir) / LAB_EXTENSIONS).rglob("*.whl")
            if not wheel.name.startswith("jupyterlite_asgi-")
        )
        return Order(
            asked=list(read(self.packages, base)),
            wheels=[*wheel_files(self.wheels, base), *carried],
            pyodide=self._pyodide(config),
            preload=self.preload,
            lock_file=base / self.lock_file,
            cache=Path(self.manager.cache_dir) / "asgi",
            index=self.index_url.rstrip("/"),
            registry=self.npm_registry.rstrip("/"),
            update=self.update,
            say=print,
        )

    def _configure(self, config: Path) -> None:
        """Tell the kernel of our lock file, of Pyodide if it is carried, and what to load."""
        from packaging.utils import canonicalize_name

        settings = self.get_lite_plugin_settings(config, PYODIDE_KERNEL_PLUGIN_ID)
        options = settings.get(LOAD_PYODIDE_OPTIONS, {})
        if self.pyodide:
            settings[PYODIDE_URL] = f"./static/pyodide/{PYODIDE_MJS}"
        else:
            options[OPTION_LOCK_FILE_URL] = f"./static/pyodide/{PYODIDE_LOCK}"
        if self.preload:
            packages = [*options.get(OPTION_PACKAGES, []), *map(canonicalize_name, self.preload)]
            options[OPTION_PACKAGES] = list(dict.fromkeys(packages))
        if options:
            settings[LOAD_PYODIDE_OPTIONS] = options
        self.set_lite_plugin_settings(config, PYODIDE_KERNEL_PLUGIN_ID, settings)

    def _tell(self) -> None:
        from .site import faults

        missing = ", ".join(faults(self._vendored)) or "nothing"
        print(f"    packages: {missing} missing or changed in {self._vendored}")

    def _check_packages(self) -> TaskFailed | None:
        from .site import faults

        if not (wrong := faults(self._vendored)):
            return None
        told = "missing, or not what was built in: run `jupyter lite build`"
        return TaskFailed(f"{', '.join(wrong)} in {self._vendored}: {told}.")
