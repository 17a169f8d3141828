"""What is asked for: requirements, and files with a requirement a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import BuildError

_FILE = re.compile(r"(?:-r|--requirement)[\s=]*(.+)")


def read(lines: Iterable[str], base: Path, within: tuple[Path, ...] = ()) -> Iterator[str]:
    """Yield the requirements of PEP 508 that the lines hold.

    ``-r FILE`` stands for the lines of that file, whose path counts from ``base``, in a file from
    that file's folder. Comments and empty lines are passed over. Raises ``BuildError`` for a line
    that is neither, for other options of pip's, and for a file that cannot be read.
    """
    for line in (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines):
        if file := _FILE.fullmatch(line):
            path = (base / file[1]).resolve()
            if path in within:
                raise BuildError(f"{path.name} reads itself: take its own `-r` out.")
            yield from read(_lines(path), path.parent, (*within, path))
        elif line:
            yield _checked(line)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"{path} cannot be read: give a text file of requirements.") from error


def _checked(line: str) -> str:
    if line.startswith("-"):
        raise BuildError(f"`{line}` is for pip alone: write names, versions and `-r FILE`.")
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        why = str(error).splitlines()[0]
        raise BuildError(f"`{line}` is no requirement ({why}): write NAME or NAME==1.0.") from error
    if requirement.url:
        raise BuildError(f"`{line}` is an address: give that wheel as one of your own.")
    return line


def wheel_files(paths: Iterable[str], base: Path) -> list[Path]:
    """Return the wheels that the paths name, or that are in the folders they name.

    Paths count from ``base``. Raises ``BuildError`` where there is none.
    """
    found: list[Path] = []
    for path in (base / path for path in paths):
        files = [path] if path.is_file() else sorted(path.glob("*.whl"))
        if not files:
            raise BuildError(f"There is no wheel at {path}: give a .whl or a folder of them.")
        found += files
    return found
