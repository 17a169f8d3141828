"""Downloads from an index, a registry or a CDN."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from .errors import BuildError

INDEX_URL = "https://pypi.org/simple"
"""A package index with PyPI's Simple API as JSON."""

NPM_REGISTRY = "https://registry.npmjs.org"
"""The registry that has Pyodide's core."""

DISTRIBUTION_URL = "https://cdn.jsdelivr.net/pyodide/v{version}/full"
"""The URL of Pyodide's distribution, by its version."""

#: The maximum bytes of a page of an index, and of a package.
PAGE, PACKAGE = 64 << 20, 512 << 20


def fetch(url: str, accept: str = "*/*", *, timeout: float = 60, limit: int = PAGE) -> bytes | None:
    """Download a URL; return ``None`` if the host responds with 404 or 410.

    ``timeout`` is how many seconds the host may stay silent, ``limit`` the maximum bytes. Raises
    ``BuildError``.
    """
    try:
        data, missing = _read(url, accept, timeout, limit + 1)
    except (OSError, HTTPException) as error:
        if isinstance(error, HTTPError) and error.code in (404, 410):
            return None
        host, why = urlsplit(url).hostname, getattr(error, "reason", error)
        raise BuildError(f"{host} does not respond ({why}): check the network.") from error
    except ValueError as error:
        raise BuildError(f"{url} is not a URL: write one that starts with https://.") from error
    if len(data) > limit:
        raise BuildError(f"{url} has more than {limit >> 20} MiB: use another release or index.")
    if missing:
        host = urlsplit(url).hostname
        raise BuildError(f"{host} sent only a part of {url}: check the network.")
    return data


def _read(url: str, accept: str, timeout: float, size: int) -> tuple[bytes, int]:
    """Return up to ``size`` bytes of a response, and how many are missing then."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(url)  # urlopen() also opens local files
    with urlopen(Request(url, headers={"Accept": accept}), timeout=timeout) as response:
        return bytes(response.read(size)), response.length or 0
