"""Reads requirements, from options and from requirements files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import BuildError

_FILE = re.compile(r"(?:-r|--requirement)[\s=]*(.+)")


def read(lines: Iterable[str], base: Path, within: tuple[Path, ...] = ()) -> Iterator[str]:
    """Yield the PEP 508 requirements in the lines, without comments and empty lines.

    ``-r FILE`` includes the lines of a file, whose path is relative to ``base``, or to the file
    that includes it. Raises ``BuildError`` for a line that is neither, such as another of pip's
    options, and for a file that cannot be read.
    """
    for line in (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines):
        if file := _FILE.fullmatch(line):
            path = (base / file[1]).resolve()
            if path in within:
                raise BuildError(f"{path.name} includes itself: remove that `-r` from it.")
            yield from read(_lines(path), path.parent, (*within, path))
        elif line:
            yield _checked(line)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"{path} cannot be read: use a text file of requirements.") from error


def _checked(line: str) -> str:
    if line.startswith("-"):
        raise BuildError(f"`{line}` is an option of pip: use only requirements and `-r FILE`.")
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        why = str(error).splitlines()[0]
        raise BuildError(
            f"`{line}` is not a requirement ({why}): write NAME or NAME==1.0."
        ) from error
    if requirement.url:
        raise BuildError(f"`{line}` is a URL: download that wheel and add it to `wheels`.")
    return line


def wheel_files(paths: Iterable[str], base: Path) -> list[Path]:
    """Return the wheels that the paths name, as files or as folders of wheels.

    Paths are relative to ``base``. Raises ``BuildError`` if there is no wheel at one.
    """
    found: list[Path] = []
    for path in (base / path for path in paths):
        files = [path] if path.is_file() else sorted(path.glob("*.whl"))
        if not files:
            raise BuildError(f"There is no wheel at {path}: name a .whl file or a folder of them.")
        found += files
    return found
