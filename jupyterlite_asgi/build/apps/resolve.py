"""Which packages each published app gets: what it requires, and what these require."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..bundle.site import Order, Resolution
from ..download import DISTRIBUTION_URL, INDEX_URL, NPM_REGISTRY
from ..lock_file import Json
from .assembly import PublishedApp

OURS = "jupyterlite-asgi"
"""The package that each app has without requiring it."""


def asked(apps: Iterable[PublishedApp]) -> dict[str, str]:
    """Return the requirements of all apps, each with the names of the apps that have it."""
    found: dict[str, list[str]] = {}
    for app in apps:
        for line in required(app):
            found.setdefault(line, []).append(app.name)
    return {
        line: f"app {names[0]}" if len(names) == 1 else f"apps {', '.join(names)}"
        for line, names in found.items()
    }


def order(apps: Sequence[PublishedApp], sources: Order) -> Order:
    """Return the order for the packages of apps, without those of a site's kernels.

    ``sources`` says where packages come from.
    """
    askers = asked(apps)
    return replace(sources, asked=list(askers), askers=askers, needed=(), preload=())


def standard_sources(cache: Path, say: Callable[[str], None]) -> Order:
    """Return where packages come from without any options; nothing is ordered."""
    return Order(
        asked=(),
        wheels=(),
        pyodide=f"npm:{PYODIDE_VERSION}",
        preload=(),
        lock_file=None,
        cache=cache,
        index_url=INDEX_URL,
        registry=NPM_REGISTRY,
        distribution=DISTRIBUTION_URL,
        update=False,
        say=say,
    )


def required(app: PublishedApp) -> list[str]:
    """Return the requirements of an app, without our own package."""
    return [line for line in app.requirements if canonicalize_name(Requirement(line).name) != OURS]


def packages_of(app: PublishedApp, decided: Resolution) -> list[Json]:
    """Return the entries of the packages that an app needs, each after its dependencies."""
    lines = map(Requirement, required(app))
    wanted = [line for line in lines if decided.index.platform.wants(line, ())]
    names = [canonicalize_name(line.name) for line in wanted]
    return list(_closure(names, decided.packages, set()))


def _closure(names: Iterable[str], packages: Mapping[str, Json], seen: set[str]) -> Iterator[Json]:
    for name in names:
        if name not in seen and name in packages:
            seen.add(name)
            yield from _closure(packages[name]["depends"], packages, seen)
            yield packages[name]
