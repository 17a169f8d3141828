"""The site that this kernel belongs to, and the URLs of the apps in it."""

from __future__ import annotations

import os

#: The environment variable in which the labextension gives each kernel the site's URL.
BASE_URL_VARIABLE = "JUPYTERLITE_ASGI_BASE_URL"

#: The folder of a site below which its apps answer.
PREFIX = "asgi/"


def site_url() -> str | None:
    """The site's URL, with a slash at its end; None outside a site."""
    return os.environ.get(BASE_URL_VARIABLE) or None


def app_url(base_url: str, name: str) -> str:
    """Where the app ``name`` of the site at ``base_url`` answers; both end with a slash."""
    return f"{base_url}{PREFIX}{name}/"


def version_url(base_url: str) -> str:
    """Where the service worker of the site at ``base_url`` states its version."""
    return f"{base_url}{PREFIX}-/version"
