"""Finds the modules of a published app's first bundle without searching folders.

A build puts this module into the folder of the standard library, where Python's ``site`` imports it
before any module of Pyodide. Beside it lies the index: a line for each module, with its name, its
source and its bytecode, between tabs. To search folder after folder, and to ask for the source's
size and time, takes longer than to read the bytecode.
"""

from __future__ import annotations

# Whatever this imports, every start imports: only what Python has at that time.
import marshal
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder, SourceFileLoader
from _io import FileIO

TYPE_CHECKING = False  # without the module `typing`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

#: Beside this file.
INDEX = "sitecustomize.txt"

#: The bytes that precede the code in a file of bytecode (PEP 552).
_HEADER = 16


class Loader(SourceFileLoader):
    """Loads a module from bytecode that fits its source, as the build has made both."""

    def __init__(self, name: str, source: str, bytecode: str) -> None:
        super().__init__(name, source)
        self.bytecode = bytecode

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code."""
        with FileIO(self.bytecode) as file:
            code: CodeType = marshal.loads(memoryview(file.readall())[_HEADER:])
        return code


class Finder:
    """Finds the modules of an index, a finder for ``sys.meta_path``."""

    def __init__(self, index: str) -> None:
        #: The folders that Python searched in the build as well.
        self._usual = {"", *sys.path}
        self._index: dict[str, list[str]] = {}
        for line in index.splitlines():
            name, *paths = line.split("\t")
            self._index[name] = paths

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return what Python's own finder would for a module of the index, or ``None``."""
        paths = self._index.get(fullname)
        if paths is None:
            return None
        source, bytecode = paths
        folder, _, file = source.rpartition("/")
        is_package = file == "__init__.py"
        root = folder.rpartition("/")[0] if is_package else folder
        if not self._is_first(root, sys.path if path is None else path):
            return None
        loader = Loader(fullname, source, bytecode)
        spec = ModuleSpec(fullname, loader, origin=source, is_package=is_package)
        spec.cached = bytecode
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [folder]
        return spec

    def _is_first(self, root: str, path: Sequence[str]) -> bool:
        """Return whether Python's own finder would look into ``root`` before it finds another."""
        for folder in path:
            if folder == root:
                return True
            if folder not in self._usual:
                return False  # the app has added it, maybe for other versions of packages
        return False


def install(path: str) -> None:
    """Use the index at ``path`` before Python's own finder; without an index, do nothing."""
    try:
        with FileIO(path) as file:
            index = file.readall().decode()
    except FileNotFoundError:  # while the build finds out which modules there are
        return
    sys.meta_path.insert(sys.meta_path.index(PathFinder), Finder(index))


install(__file__.rpartition("/")[0] + "/" + INDEX)
