"""What pages of apps ask of a CDN, by the addresses that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError

CDN = re.compile(
    r"https://(?:cdn\.jsdelivr\.net/npm|unpkg\.com)/"
    r"(?P<package>(?:@[\w.-]+/)?[\w.-]+)(?:@(?P<wanted>[\w.-]+))?/(?P<path>[^?#]*[^?#/])"
)
"""The address of a file of npm, as pages name it."""

SETS = {
    "fastapi": {
        "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js": "",
        "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css": "",
        "https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js": "",
        "https://fastapi.tiangolo.com/img/favicon.png": "blank.svg",
        "https://cdn.redoc.ly/redoc/logo-mini.svg": "blank.svg",
        "https://fonts.googleapis.com/css"
        "?family=Montserrat:300,400,700|Roboto:300,400,700": "blank.css",
    }
}
"""By a package's name what its pages ask for, and which blank stands for it."""


FOLDER = "static/asgi"
"""Where a site has the files."""

TABLE = "assets.json"
"""The name of the file that says which files of the folder are for which addresses."""


@dataclass(frozen=True)
class Asset:
    """A file of an npm package, or a blank, and the address by which pages ask for it."""

    url: str
    package: str = ""
    wanted: str = ""
    path: str = ""
    blank: str = ""

    @property
    def key(self) -> str:
        """What the lock file has its release by."""
        return f"{self.package}@{self.wanted}"


def read(lines: Iterable[str]) -> Iterator[Asset]:
    """Return what is asked for: addresses, or names of what has some (``SETS``)."""
    for line in lines:
        for url, blank in SETS.get(line, {line: ""}).items():
            yield Asset(url, blank=blank) if blank else _parsed(url)


def _parsed(url: str) -> Asset:
    found = CDN.fullmatch(url)
    if found is None or not url.isascii() or ".." in found["path"].split("/"):
        told = "name a file at cdn.jsdelivr.net/npm/ or unpkg.com/, or one of these"
        raise BuildError(f"{url} is no file of npm: {told}: {', '.join(SETS)}.")
    return Asset(url, found["package"], found["wanted"] or "latest", found["path"])


def table(folder: Path) -> dict[str, str]:
    """Return which addresses a built folder has files for, as paths within it."""
    if not (folder / TABLE).is_file():
        return {}
    entries = json.loads((folder / TABLE).read_text(encoding="utf-8"))
    return {url: entry["file"] for url, entry in entries.items()}
