"""What serving needs of the browser, and what to say where that is missing."""

from __future__ import annotations

from .webapi import has

#: The APIs that decide the oldest browsers in docs/browsers.md: the newest that our scripts use, in
#: the kernel, in the service worker or in pages. A browser has them in all of these or in none.
NEEDED = ("navigator.locks", "URL.canParse", "String.prototype.toWellFormed")

INSECURE = (
    "Apps need a service worker, which browsers allow only at https:// and on localhost: "
    "open the site there instead of at {}."
)

INSECURE_FRAME = (
    "Apps need a service worker, which browsers refuse in a frame of a page at http://: "
    "open the site in a tab of its own."
)

TOO_OLD = (
    "This browser cannot serve apps, because it lacks {}: use Chrome or Edge 120, Firefox 119, "
    "Safari 17, or a later version."
)

#: The site's worker is there, but does not control this kernel.
NO_WORKER = (
    "This window has no service worker, which apps need: allow the site to store data, or open it "
    "in an ordinary tab, neither private nor in a frame of another site."
)


def why_unsupported(base_url: str) -> str | None:
    """Return why this browser cannot serve apps of the site at ``base_url``; None if it can."""
    if not has("isSecureContext"):
        return INSECURE_FRAME if base_url.startswith("https:") else INSECURE.format(base_url)
    missing = next((api for api in NEEDED if not has(api)), None)
    return missing and TOO_OLD.format(missing)
