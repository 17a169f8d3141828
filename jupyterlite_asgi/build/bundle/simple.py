"""The pages of a package index (Simple Repository API, PEP 691)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from ..download import fetch
from ..errors import BuildError
from ..names import is_file_name, is_sha256

ACCEPT = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class File:
    """A file of a package in an index; an sdist has no tags."""

    filename: str
    version: Version
    tags: frozenset[Tag]
    url: str
    sha256: str
    python: SpecifierSet
    yanked: bool


def parsed(filename: str) -> tuple[str, Version, frozenset[Tag]] | None:
    """Return the canonical name, version and tags in the file name of a wheel or sdist."""
    try:
        if filename.endswith(".whl"):
            name, version, _, tags = parse_wheel_filename(filename)
            return name, version, tags
        return (*parse_sdist_filename(filename), frozenset())
    except ValueError:  # packaging's errors for invalid file names and versions
        return None


def files(index_url: str, name: str) -> list[File]:
    """Return the files of a package, without those that pip would ignore.

    ``name`` is canonical. Raises ``BuildError`` if the index does not respond as one.
    """
    url = f"{index_url}/{name}/"
    page = fetch(url, ACCEPT)
    if page is None:
        return []
    try:
        return list(_valid(json.loads(page)["files"], name, url))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BuildError(
            f"{index_url} does not respond as PyPI's Simple API does: "
            "try again with another network or index."
        ) from error


def _valid(entries: list[Any], name: str, url: str) -> Iterator[File]:
    """Yield the entries of a page that are valid, and for this package."""
    for entry in entries:
        given = entry if isinstance(entry, dict) else {}
        filename, hashes = given.get("filename"), given.get("hashes")
        sha256 = hashes.get("sha256") if isinstance(hashes, dict) else None
        found = parsed(filename) if is_file_name(filename) else None
        target = _joined(url, given.get("url"))
        if found is None or found[0] != name or not is_sha256(sha256) or target is None:
            continue
        yield File(
            filename=str(filename),
            version=found[1],
            tags=found[2],
            url=target,
            sha256=sha256,
            python=_specifiers(given.get("requires-python")),
            yanked=bool(given.get("yanked")),
        )


def _joined(base: str, url: object) -> str | None:
    """Return a file's URL, which may be relative to its page; None if it is invalid."""
    try:
        return urljoin(base, url) if isinstance(url, str) else None
    except ValueError:
        return None


def _specifiers(text: object) -> SpecifierSet:
    """Return the versions of Python that a file requires; any if that is invalid, as for pip."""
    try:
        return SpecifierSet(text if isinstance(text, str) else "")
    except InvalidSpecifier:
        return SpecifierSet()
