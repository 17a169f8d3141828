"""What is fetched from an index, a registry or a CDN."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from .errors import BuildError


def fetch(url: str, accept: str = "*/*", timeout: float = 60) -> bytes | None:
    """Return what is at an address, ``None`` where nothing is; raise ``BuildError`` offline.

    ``timeout`` is in seconds, of the host's silence.
    """
    try:
        with urlopen(Request(url, headers={"Accept": accept}), timeout=timeout) as response:
            return bytes(response.read())
    except (OSError, HTTPException) as error:
        if isinstance(error, HTTPError) and error.code in (404, 410):
            return None
        host, why = urlsplit(url).hostname, getattr(error, "reason", error)
        raise BuildError(f"{host} does not answer ({why}): try again with a network.") from error
    except ValueError as error:
        raise BuildError(f"{url} is no address: write one with https://.") from error
