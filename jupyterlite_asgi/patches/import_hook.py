"""Applies a patch when its library is imported, or at once if it already has been."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple


class Patch(NamedTuple):
    """A module to patch, and the function that does it.

    Args:
        module: the module's name, such as ``django.db``.
        function: ``file.function`` in this package; it is called with the module.
    """

    module: str
    function: str

    def apply(self, module: ModuleType) -> None:
        """Patch ``module``; the patch's file is only imported now."""
        file, function = self.function.split(".")
        getattr(importlib.import_module(f".{file}", __package__), function)(module)


class PatchFinder(importlib.abc.MetaPathFinder):
    """Finds modules to patch, and patches them after they are executed."""

    def __init__(self) -> None:
        self._known: set[Patch] = set()
        self._waiting: dict[str, list[Patch]] = {}

    def add(self, patch: Patch) -> None:
        """Apply ``patch`` as soon as its module is loaded; a second call does nothing."""
        if patch in self._known:
            return
        self._known.add(patch)
        if patch.module in sys.modules:
            patch.apply(sys.modules[patch.module])
            return
        self._waiting.setdefault(patch.module, []).append(patch)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module that will be patched; return ``None`` for all others."""
        if fullname not in self._waiting:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchLoader(spec.loader, self._waiting.pop(fullname))
        return spec


class _PatchLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, patches: list[Patch]) -> None:
        self._loader, self._patches = loader, patches

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        for patch in self._patches:
            patch.apply(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source() and such, for tracebacks


#: The finder of this process.
finder = PatchFinder()
