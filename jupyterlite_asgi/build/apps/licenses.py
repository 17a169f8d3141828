"""Collects the licenses of what is published with an app, which have to go with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution

from ..archives import opened
from ..bundle.site import Resolution
from ..lock_file import Json
from .resolve import OURS
from .wheels import wheel_of

_INFO = r"[^/]+\.dist-info/"
_METADATA = re.compile(rf"{_INFO}METADATA")

#: License files: those of PEP 639 have a folder, and older ones are beside the metadata.
_FILE = re.compile(
    rf"{_INFO}(?P<file>licen[cs]e(s|_files)/.+|(licen[cs]e|copying|notice|authors)[^/]*)",
    re.IGNORECASE,
)

#: Of what unpacks bundles in the scripts of published apps.
_FFLATE = """MIT License

Copyright (c) 2026 Arjun Barrett

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE."""

_RULE = "=" * 80
_UNSTATED = "not stated"


@dataclass(frozen=True)
class License:
    """The license of a part of the app: its name, where the part is from, and texts by files."""

    part: str
    name: str
    url: str = ""
    texts: Sequence[tuple[str, str]] = ()

    def lines(self) -> Iterator[str]:
        """Yield what is said of the part."""
        yield from (_RULE, self.part, f"License: {self.name}")
        if self.url:
            yield self.url
        for file, text in self.texts:
            yield from ("", f"--- {file}", "", *map(str.rstrip, text.strip("\r\n").splitlines()))
        yield ""


def licenses(name: str, packages: Iterable[Json], decided: Resolution) -> bytes:
    """Return a text with the licenses of Python, of our own package and of an app's packages.

    Args:
        name: the app's.
        packages: entries of its packages, from a lock file.
        decided: where the packages are, and Pyodide.

    Raises:
        BuildError: a package is damaged.
    """
    found = sorted(packages, key=lambda entry: str(entry["name"]))
    parts = [*_runtime(decided), _ours(), *(_of_package(entry, decided) for entry in found)]
    title = f"What is published with the app {name}, and its licenses"
    lines = [title, "", *(line for part in parts for line in part.lines())]
    return "\n".join(lines).encode()


def _runtime(decided: Resolution) -> Iterator[License]:
    """Yield what runs all apps, whose texts are not at hand."""
    python = decided.pyodide.lock["info"]["python"]
    pyodide = decided.pyodide.origin.get("version", "")
    yield License(f"Python {python}", "PSF-2.0", "https://docs.python.org/3/license.html")
    yield License(f"Pyodide {pyodide}".strip(), "MPL-2.0", "https://github.com/pyodide/pyodide")
    texts = [("LICENSE", _FFLATE)]
    yield License("fflate", "MIT", "https://github.com/101arrowz/fflate", texts)


def _ours() -> License:
    with suppress(PackageNotFoundError):
        found = distribution(OURS)
        text = found.read_text("licenses/LICENSE")
        texts = [("licenses/LICENSE", text)] if text else []
        return License(f"{OURS} {found.version}", "BSD-3-Clause", texts=texts)
    return License(OURS, "BSD-3-Clause")


def _of_package(entry: Json, decided: Resolution) -> License:
    part = f"{entry['name']} {entry['version']}"
    metadata, texts = "", dict[str, str]()
    with opened(decided.index.path(wheel_of(entry))) as archive:
        for path in sorted(archive.namelist()):
            file = _FILE.fullmatch(path)
            if file and not path.endswith("/"):
                texts[file["file"]] = archive.read(path).decode(errors="replace")
            elif _METADATA.fullmatch(path):
                metadata = archive.read(path).decode(errors="replace")
    return _stated(part, message_from_string(metadata), texts)


def _stated(part: str, metadata: Message, texts: Mapping[str, str]) -> License:
    """Return the license that the metadata states; see the core metadata specifications."""
    stated = str(metadata["License"] or "").strip()
    if "\n" in stated:  # a text, where no file is meant to be
        texts = {**texts, "METADATA": stated}
        stated = ""
    classifiers = [
        str(line).rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if str(line).startswith("License :: ")
    ]
    stated = "" if stated == "UNKNOWN" else stated
    name = metadata["License-Expression"] or stated or ", ".join(classifiers) or _UNSTATED
    return License(part, str(name), texts=list(texts.items()))
