"""The URLs that apps' pages load from CDNs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from ..names import is_path

CDN = re.compile(
    r"https://(?:cdn\.jsdelivr\.net/npm|unpkg\.com)/"
    r"(?P<package>(?:@[\w-][\w.-]*/)?[\w-][\w.-]*)(?:@(?P<wanted>[\w.-]+))?/(?P<path>[^?#]*[^?#/])"
)
"""The URL of a file in an npm package."""

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
"""The URLs that a package's pages load, each with the blank file to use instead, if any."""

FOLDER = "static/asgi"
"""The folder of the bundled files, within a site."""

TABLE = "assets.json"
"""The file in that folder that maps URLs to bundled files."""


@dataclass(frozen=True)
class Asset:
    """A file of an npm package, or a blank file, and the URL that pages request it by."""

    url: str
    package: str = ""
    wanted: str = ""
    path: str = ""
    blank: str = ""

    @property
    def key(self) -> str:
        """The key of the package's release in the lock file."""
        return f"{self.package}@{self.wanted}"


def read(lines: Iterable[str]) -> Iterator[Asset]:
    """Yield the assets for each line, which is a URL or a name in ``SETS``."""
    for line in lines:
        for url, blank in SETS.get(line, {line: ""}).items():
            yield Asset(url, blank=blank) if blank else _parsed(url)


def _parsed(url: str) -> Asset:
    found = CDN.fullmatch(url)
    if found is None or not url.isascii() or not is_path(found["path"]):
        raise BuildError(
            f"{url} is not an npm file: use the URL of a file at cdn.jsdelivr.net/npm/ or "
            f"unpkg.com/, or one of these names: {', '.join(SETS)}."
        )
    return Asset(url, found["package"], found["wanted"] or "latest", found["path"])


def table(folder: Path) -> dict[str, str]:
    """Return the bundled files of a built folder, as URLs to paths within it."""
    return {url: file for url, (file, _) in entries(folder).items()}


def entries(folder: Path) -> dict[str, tuple[str, str]]:
    """Return each bundled file and its SHA-256 by URL; nothing if the table is not ours."""
    try:
        found = json.loads((folder / TABLE).read_text(encoding="utf-8"))
        return {url: (str(each["file"]), str(each["sha256"])) for url, each in found.items()}
    except (OSError, ValueError, AttributeError, KeyError, RecursionError, TypeError):
        return {}
