"""Finds the files of apps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import BuildError

#: What the names of scripts and notebooks end in.
SOURCES = (".py", ".ipynb")
#: A file in the folder of a virtual environment.
_ENVIRONMENT = "pyvenv.cfg"


class Contents:
    """The files of an app, each with its path in the app's folder.

    A file in the folder of the app's source keeps its path there; any other gets its own name, and
    a file of any other folder its path from that folder's parent on.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._found: dict[str, Path] = {}

    def add(self, path: Path, root: Path | None = None) -> None:
        """Add a file, that belongs to the folder ``root`` if given; raise ``BuildError``."""
        if path.is_relative_to(self._source):
            target = path.relative_to(self._source).as_posix()
        else:
            target = path.relative_to((root or path).parent).as_posix()
        other = self._found.setdefault(target, path)
        if other != path:
            raise BuildError(
                f"{other} and {path} would both be {target} in the app's folder: rename one."
            )
        try:
            target.encode()
        except UnicodeEncodeError as error:
            raise BuildError(f"The name of {path!r} is no Unicode: rename it.") from error

    def add_all(self, path: Path, base: Path, without: Sequence[Path]) -> None:
        """Add a file or all files of a folder; see ``expand``."""
        if path.is_file():
            self.add(path)
            return
        files = list(expand(path, base, without))
        if not files:
            raise BuildError(f"{path} is an empty folder: put files into it, or remove it.")
        for file in files:
            self.add(file, path)

    def files(self) -> tuple[tuple[Path, str], ...]:
        """Return the files with their paths in the app's folder, sorted by these."""
        return tuple((path, target) for target, path in sorted(self._found.items()))


def find(path: str, base: Path, within: Path | None = None) -> Path:
    """Return where ``path`` is.

    Args:
        path: relative to ``base``.
        base: a folder.
        within: the folder that ``path`` may not leave; by default ``base``.

    Raises:
        BuildError: nothing is there, or it leaves the folder.
    """
    try:
        # Not resolved, so that a link keeps its own name in the app's folder.
        found = Path(os.path.normpath(base.absolute() / path))
        _check_inside(found, within or base, path)
        exists = bool(path) and found.exists()
    except BuildError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise BuildError(f"{path[:80]!r} cannot be a path: correct it.") from error
    if not exists:
        raise BuildError(f"There is no file {path!r} in {base}: correct the path.")
    return found


def find_file(path: str, base: Path, within: Path | None = None) -> Path:
    """Return where the file ``path`` is; as ``find`` does."""
    found = find(path, base, within)
    if not found.is_file():
        raise BuildError(f"{path} is not a file: correct the path.")
    return found


def expand(
    folder: Path, base: Path, without: Sequence[Path], above: tuple[Path, ...] = ()
) -> Iterator[Path]:
    """Yield the files of a folder and of its subfolders, sorted.

    Hidden ones, caches of Python, virtual environments and the paths in ``without`` are left out.
    Raises ``BuildError`` if a link leads out of ``base``, or to one of the folders ``above``.
    """
    above = (*above, folder.resolve())
    for path in sorted(folder.iterdir()):
        if is_left_out(path, without):
            continue
        _check_inside(path, base, str(path))
        if path.resolve() in above:
            raise BuildError(f"{path} is a link to a folder that contains it: remove it.")
        if path.is_dir():
            yield from expand(path, base, without, above)
        elif path.is_file():
            yield path


def sources(folder: Path) -> list[Path]:
    """Return the scripts and notebooks directly in a folder, sorted.

    A name that begins with an underscore marks a module that is not an app.
    """
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in SOURCES and path.is_file() and not path.name.startswith(("_", "."))
    ]


def data(folder: Path, base: Path, without: Sequence[Path]) -> list[Path]:
    """Return the files of a folder of apps that belong to all of them: all but sources."""
    return [
        path
        for path in expand(folder, base, without)
        if path.parent != folder or path.suffix not in SOURCES
    ]


def is_left_out(path: Path, without: Iterable[Path]) -> bool:
    """Return whether a file or folder is no part of an app unless it is named."""
    return (
        path.name.startswith(".")
        or path.name == "__pycache__"
        or (path / _ENVIRONMENT).exists()
        or any(path.resolve() == other.resolve() for other in without)
    )


def _check_inside(path: Path, base: Path, label: str) -> None:
    if not path.resolve().is_relative_to(base.resolve()):
        raise BuildError(f"{label} is outside of {base}: copy it into that folder.")
