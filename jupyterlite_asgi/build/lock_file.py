"""The site's lock file, which records the resolved packages and CDN files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from .errors import BuildError, unusable
from .names import are_texts, is_file_name, is_release, is_sha256, is_sri, is_version

Json = dict[str, Any]

#: Where a package is from: see ``bundle.index.Wheel``.
KINDS = ("own", "pyodide", "index", "stripped")


def read(path: Path) -> Json:
    """Return the contents of a lock file, empty if there is none; raise ``BuildError``."""
    if not path.exists():
        return {}
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unusable(error) from error
    except (ValueError, RecursionError) as error:
        raise BuildError(f"{path.name} cannot be read: remove it.") from error
    if not isinstance(lock, dict):
        raise BuildError(f"{path.name} is not a jupyterlite-asgi lock file: remove it.")
    for fault in _faults(lock):
        raise BuildError(f"{path.name} has {fault}: remove it.")
    return lock


def _faults(lock: Json) -> Iterator[str]:
    """Yield what is invalid in a lock file, which somebody else may have written."""
    for part in ("pyodide", "core", "packages", "assets"):
        if not isinstance(lock.get(part, {}), dict):
            yield f"no object as its `{part}`"
    for origin in (lock.get("pyodide", {}), lock.get("core", {})):
        if origin.get("from") == "npm" and not is_sri(origin.get("integrity")):
            yield "no valid integrity for Pyodide"
    packages = lock.get("packages", {})
    for name, entry in packages.items():
        yield from (f"no valid {key} for the package {name!r}" for key in _invalid(name, entry))
        missing = (other for other in entry["depends"] if other not in packages)
        yield from (f"no package {other!r}, which {name!r} requires" for other in missing)
    for name, release in lock.get("assets", {}).items():
        given = release if isinstance(release, dict) else {}
        for key, is_valid in (("version", is_release), ("integrity", is_sri)):
            if not is_valid(given.get(key)):
                yield f"no valid {key} for the npm package {name!r}"


def _invalid(name: str, entry: Any) -> Iterator[str]:
    """Yield the keys of a package's entry that are missing or invalid."""
    given = entry if isinstance(entry, dict) else {}
    kind, file = given.get("kind"), given.get("filename")
    checks = {
        "name": given.get("name") == name == canonicalize_name(name),
        "version": (is_file_name if kind == "pyodide" else is_version)(given.get("version")),
        "kind": kind in KINDS,
        "filename": is_file_name(file) and (kind == "pyodide" or file.endswith(".whl")),
        "sha256": is_sha256(given.get("sha256")),
        "depends": are_texts(given.get("depends")),
    }
    yield from (key for key, is_valid in checks.items() if not is_valid)


@contextmanager
def keeping(lock: Json, path: Path) -> Iterator[None]:
    """Write a lock file, which replaces the old one if the ``with`` block succeeds."""
    text = json.dumps(lock, indent=1) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        yield
        return
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        yield
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
