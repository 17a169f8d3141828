"""Reads the metadata that a script carries in a comment (PEP 723)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import takewhile

from ..errors import BuildError
from ..names import are_texts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BEGIN = "# /// script"
_END = "# ///"


def dependencies(code: str, label: str) -> list[str] | None:
    """Return the dependencies in a script's ``# /// script`` block; None if it has none.

    Args:
        code: the script.
        label: what messages call it.

    Raises:
        BuildError: there are several blocks, or the block is faulty.
    """
    blocks = list(_blocks(code.split("\n")))
    if len(blocks) > 1:
        raise BuildError(f"{label} has {len(blocks)} blocks `{_BEGIN}`: keep one.")
    if not blocks:
        return None
    try:
        metadata = tomllib.loads(blocks[0])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BuildError(
            f"The block `{_BEGIN}` of {label} is not valid TOML ({error}): correct it."
        ) from error
    found = metadata.get("dependencies")
    if found is None:
        return None
    if not are_texts(found) or any(each.startswith("-") for each in found):
        raise BuildError(
            f"The `dependencies` in the block `{_BEGIN}` of {label} are no list of requirements: "
            'write them as in dependencies = ["fastapi"].'
        )
    return found


def _blocks(lines: list[str]) -> Iterator[str]:
    for start, line in enumerate(lines):
        if line != _BEGIN:
            continue
        rest = lines[start + 1 :]
        comment = list(takewhile(lambda line: line == "#" or line.startswith("# "), rest))
        if _END in comment:  # a block without an end is an ordinary comment
            end = len(comment) - 1 - comment[::-1].index(_END)
            yield "\n".join(line[2:] for line in comment[:end])
