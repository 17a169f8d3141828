"""The site that this kernel belongs to, and the URLs of the apps in it."""

from __future__ import annotations

import os

#: The environment variable in which the labextension passes the site's URL to each kernel.
BASE_URL_VARIABLE = "JUPYTERLITE_ASGI_BASE_URL"

#: The path of a site's apps, relative to the site.
PREFIX = "asgi/"


def site_url() -> str | None:
    """Return the site's URL, with a trailing slash; None outside a site."""
    return os.environ.get(BASE_URL_VARIABLE) or None


def app_url(base_url: str, name: str) -> str:
    """Return the URL of the app ``name`` in the site at ``base_url``; both end with a slash."""
    return f"{base_url}{PREFIX}{name}/"


def version_url(base_url: str) -> str:
    """Return the URL at which the service worker of the site reports its version."""
    return f"{base_url}{PREFIX}-/version"


def busy_url(base_url: str) -> str:
    """Return the URL at which it answers a busy kernel."""
    return f"{base_url}{PREFIX}-/busy"
