"""The Pyodide that a site runs: its Python, platform and packages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name

from ..lock_file import Json

PURE = frozenset({"markupsafe", "pyyaml", "tornado"})
"""Packages with an optional compiled part: without it, a wheel for Linux runs anywhere."""


@dataclass(frozen=True)
class Platform:
    """A Pyodide, as its own lock file describes it."""

    lock: Json

    @cached_property
    def packages(self) -> dict[str, Json]:
        """Pyodide's own distribution, by normalized names."""
        return {canonicalize_name(name): entry for name, entry in self.lock["packages"].items()}

    def versions(self, names: Iterable[str]) -> dict[str, str]:
        """Return the versions of packages and their dependencies in Pyodide's distribution."""
        found: dict[str, str] = {}
        waiting = list(names)
        while waiting:
            name = canonicalize_name(waiting.pop())
            if name in self.packages and name not in found:
                found[name] = str(self.packages[name]["version"])
                waiting += self.packages[name]["depends"]
        return found

    @cached_property
    def python(self) -> str:
        """The full version of Python."""
        return str(self.lock["info"]["python"])

    @cached_property
    def markers(self) -> dict[str, str]:
        """The environment for PEP 508 markers, with no values from the host."""
        return {
            "extra": "",
            "implementation_name": "cpython",
            "implementation_version": self.python,
            "os_name": "posix",
            "platform_machine": "wasm32",
            "platform_python_implementation": "CPython",
            "platform_release": self.lock["info"]["platform"].partition("_")[2].replace("_", "."),
            "platform_system": "Emscripten",
            "platform_version": "#1",
            "python_full_version": self.python,
            "python_version": self.python.rpartition(".")[0],
            "sys_platform": "emscripten",
        }

    @cached_property
    def tags(self) -> dict[Tag, int]:
        """The supported tags, by rank: 0 is best."""
        version = [int(part) for part in self.python.split(".")[:2]]
        abi, platform = f"cp{version[0]}{version[1]}", self.lock["info"]["abi_version"]
        platforms = [f"pyemscripten_{platform}_wasm32"]
        compiled = cpython_tags(version, [abi], platforms)
        pure = compatible_tags(version, abi, platforms)
        return {tag: rank for rank, tag in enumerate([*compiled, *pure])}

    def rank(self, tags: Iterable[Tag]) -> int | None:
        """Return the rank of a wheel's best tag, ``None`` if the wheel does not run here."""
        return min((self.tags[tag] for tag in tags if tag in self.tags), default=None)

    def strips(self, name: str, filename: str) -> bool:
        """Return whether a wheel for Linux runs here without its compiled part."""
        abi = "cp" + self.markers["python_version"].replace(".", "")
        return name in PURE and bool(re.search(rf"({abi}|abi3)-manylinux.*_x86_64\.", filename))

    def wants(self, requirement: Requirement, extras: Iterable[str]) -> bool:
        """Evaluate the requirement's marker for a package with these extras."""
        marker = requirement.marker
        environments = [self.markers | {"extra": extra} for extra in extras or [""]]
        return marker is None or any(map(marker.evaluate, environments))
