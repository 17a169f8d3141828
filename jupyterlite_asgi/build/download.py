"""Downloads from an index, a registry or a CDN."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from .errors import BuildError


def fetch(url: str, accept: str = "*/*", timeout: float = 60) -> bytes | None:
    """Download a URL; return ``None`` if the host responds with 404 or 410.

    ``timeout`` is how many seconds the host may stay silent. Raises ``BuildError``.
    """
    try:
        with urlopen(Request(url, headers={"Accept": accept}), timeout=timeout) as response:
            return bytes(response.read())
    except (OSError, HTTPException) as error:
        if isinstance(error, HTTPError) and error.code in (404, 410):
            return None
        host, why = urlsplit(url).hostname, getattr(error, "reason", error)
        raise BuildError(f"{host} does not respond ({why}): check the network.") from error
    except ValueError as error:
        raise BuildError(f"{url} is not a URL: write one that starts with https://.") from error
