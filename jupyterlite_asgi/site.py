"""What the labextension tells each kernel of the site that it is in, before it starts."""

from __future__ import annotations

import os

#: The environment variable that holds the site's URL.
BASE_URL_VARIABLE = "JUPYTERLITE_ASGI_BASE_URL"


def site_url() -> str | None:
    """The site's URL, with a slash at its end; None if this kernel is in none."""
    return os.environ.get(BASE_URL_VARIABLE) or None
