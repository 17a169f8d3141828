"""The available wheels: your own, those of Pyodide's distribution, those of an index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from ..download import PACKAGE, fetch
from ..errors import BuildError
from ..files import digest, write
from ..names import is_file_name
from . import simple
from .platform import Platform
from .simple import File
from .wheels import requires_dist


@dataclass(frozen=True)
class Wheel:
    """An available package file, at ``url`` if that is known.

    ``kind`` is ``own``, ``pyodide`` for its distribution, ``index``, or ``stripped`` for a wheel
    from the index without its compiled part.
    """

    name: str
    version: str
    filename: str
    sha256: str
    kind: str
    url: str = ""


@dataclass
class Index:
    """Finds and downloads wheels.

    ``own`` are files. ``folder`` and ``url``, if any, have packages of Pyodide's distribution.
    ``index_url`` is the URL of a Simple API, without a trailing slash. ``say`` receives progress
    messages, one line each.
    """

    platform: Platform
    cache: Path
    own: Sequence[Path]
    folder: Path | None
    url: str
    index_url: str
    say: Callable[[str], None]
    offline: bool = False
    newest: dict[str, Version] = field(default_factory=dict)
    known: dict[str, list[Wheel]] = field(default_factory=dict)
    pages: dict[str, list[File]] = field(default_factory=dict)
    required: dict[Wheel, list[Requirement]] = field(default_factory=dict)

    @cached_property
    def owned(self) -> list[Wheel]:
        """Your own wheels, newest first; raise ``BuildError`` if one does not run in Pyodide."""
        found = []
        for path in self.own:
            named = simple.parsed(path.name) if is_file_name(path.name) else None
            if named is None or self.platform.rank(named[2]) is None:
                raise BuildError(
                    f"{path.name} is for another platform, or its name is not a wheel's: build it "
                    "as py3-none-any."
                )
            found.append(Wheel(named[0], str(named[1]), path.name, digest(path), "own"))
        return sorted(found, key=lambda wheel: Version(wheel.version), reverse=True)

    def wheels(self, name: str) -> list[Wheel]:
        """Return the wheels of a package that run in Pyodide, best first.

        Your own come first, then those in Pyodide's folder, in the index (newest first), at the URL
        of Pyodide's distribution, and those that must be stripped.
        """
        if name not in self.known:
            first = [wheel for wheel in self.owned if wheel.name == name]
            last: list[Wheel] = []
            if entry := self.platform.packages.get(name):
                file = str(entry["file_name"])
                wheel = Wheel(name, str(entry["version"]), file, entry["sha256"], "pyodide")
                if self.folder and (self.folder / file).is_file():
                    first.append(wheel)
                elif self.has_distribution:
                    last.append(replace(wheel, url=f"{self.url}/{file}"))
            try:
                indexed = [] if first and self.offline else self._indexed(name)
            except BuildError as error:
                if not first:
                    raise
                self.offline = True
                self.say(f"{error} Until then, only local packages are used.")
                indexed = []
            last += [wheel for wheel in indexed if wheel.kind == "stripped"]
            self.known[name] = first + [w for w in indexed if w.kind == "index"] + last
        return self.known[name]

    @cached_property
    def has_distribution(self) -> bool:
        """Whether Pyodide's distribution is reachable at its URL."""
        try:
            found = bool(self.url) and fetch(f"{self.url}/pyodide-lock.json", timeout=15)
        except BuildError:
            found = None
        if found is None:
            self.say(f"{self.url} is not reachable: packages that are only there are unavailable")
        return bool(found)

    def _files(self, name: str) -> list[File]:
        """Return the files of a package in the index."""
        if name not in self.pages:
            self.pages[name] = simple.files(self.index_url, name)
        return self.pages[name]

    def _indexed(self, name: str) -> list[Wheel]:
        best: dict[Version, tuple[int, Wheel]] = {}
        for file in self._files(name):
            version = file.version
            if not version.is_prerelease:
                self.newest[name] = max(version, self.newest.get(name, version))
            if file.yanked or not file.python.contains(self.platform.python):
                continue
            rank, kind = self.platform.rank(file.tags), "index"
            if rank is None and self.platform.strips(name, file.filename):
                rank, kind = len(self.platform.tags), "stripped"
            if rank is not None and (version not in best or rank < best[version][0]):
                wheel = Wheel(name, str(version), file.filename, file.sha256, kind, file.url)
                best[version] = (rank, wheel)
        return [best[version][1] for version in sorted(best, reverse=True)]

    def path(self, wheel: Wheel) -> Path:
        """Return the file, downloaded if needed; raise ``BuildError`` if its hash is wrong."""
        path = self.cache / wheel.sha256 / wheel.filename
        mismatch = BuildError(
            f"{wheel.filename} is missing, or its SHA-256 does not match: remove the lock file."
        )
        if wheel.kind == "own":
            path = next((own for own in self.own if own.name == wheel.filename), path)
        elif wheel.kind == "pyodide" and self.folder and (self.folder / wheel.filename).is_file():
            path = self.folder / wheel.filename
        elif not path.is_file() or digest(path) != wheel.sha256:
            self.say(f"downloading {wheel.filename}")
            data = fetch(self._address(wheel), limit=PACKAGE) or b""
            if hashlib.sha256(data).hexdigest() == wheel.sha256:
                write(path, data)
                return path
            raise mismatch
        if not path.is_file() or digest(path) != wheel.sha256:
            raise mismatch
        return path

    def _address(self, wheel: Wheel) -> str:
        """Return a file's URL, which a lock file omits because mirrors have other URLs."""
        if wheel.url or wheel.kind == "pyodide":
            return wheel.url or f"{self.url}/{wheel.filename}"
        files = self._files(wheel.name)
        urls = [file.url for file in files if file.filename == wheel.filename]
        if not urls:
            raise BuildError(
                f"{wheel.filename} is no longer at {self.index_url}: remove the lock file."
            )
        return urls[0]

    def requires(self, wheel: Wheel) -> list[Requirement]:
        """Return the requirements of a wheel, regardless of their markers.

        Raises ``InvalidRequirement`` if it has an invalid one.
        """
        if wheel in self.required:  # backtracking resolvers ask hundreds of times
            return self.required[wheel]
        path, lines = self.path(wheel), list[str]()
        if wheel.kind == "pyodide":  # metadata omits shared libraries
            lines += self.platform.packages[wheel.name]["depends"]
        lines += requires_dist(path) if path.suffix == ".whl" else []
        self.required[wheel] = [Requirement(line) for line in lines]
        return self.required[wheel]
