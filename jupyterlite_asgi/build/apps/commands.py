"""Reads the commands of IPython that a build can obey."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from ..errors import BuildError

#: Options of pip and conda that change nothing in a build.
_IGNORED = re.compile(r"-q+|-v+|--quiet|--verbose|-U|--upgrade|-y|--yes")
#: Those of conda with a value.
_CHANNEL = ("-c", "--channel")
_WRITE = re.compile(r"(['\"]?)([^'\"{}$]+)\1")
_FILE = re.compile(r"(?:-r|--requirement)(?:=?(.+))?")


def installed(arguments: str) -> list[str] | None:
    """Return the requirements in the arguments of ``%pip`` or ``%conda``.

    Returns:
        The lines of a requirements file that mean the same; None for a command that only shows
        what is installed.

    Raises:
        BuildError: the command does something else, or has other options.
    """
    try:
        words = shlex.split(arguments, comments=True)
    except ValueError as error:
        raise BuildError(f"This is no command ({error}): correct it.") from error
    command = next((word for word in words if not word.startswith("-")), "")
    if command in ("", "check", "debug", "freeze", "list", "show"):
        return None
    if command != "install":
        raise BuildError("A build can only install packages: remove this line.")
    return list(_lines(iter(words[words.index(command) + 1 :])))


def _lines(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word in _CHANNEL:
            next(words, "")
        elif file := _FILE.fullmatch(word):
            yield f"-r {file[1] or next(words, '')}"
        elif not _IGNORED.fullmatch(word):
            if word.startswith("-"):
                raise BuildError(f"A build cannot obey the option {word}: remove it.")
            yield word


def written(arguments: str) -> str | None:
    """Return the path in the arguments of ``%%writefile``; None if it is not plain."""
    match = _WRITE.fullmatch(arguments.strip())
    return match[2] if match else None


def write(path: str, text: str) -> str:
    """Return a line of Python that writes a file as ``%%writefile`` does.

    Imports look at the folder again, because it may have got a module.
    """
    return (
        f"__import__('pathlib').Path({path!r}).write_text({text!r}, encoding='utf-8'); "
        "__import__('importlib').invalidate_caches()"
    )
