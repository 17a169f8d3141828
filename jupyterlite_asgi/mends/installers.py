"""``%pip`` where it finds nothing that would run: piplite, and micropip below it."""

from __future__ import annotations

import functools
from typing import Any


def mend_piplite(module: Any) -> None:
    """Say whose turn it is. Seen in piplite 0.8.6: ``PyPI fallback is disabled``."""
    query = module._query_package

    @functools.wraps(query)
    async def query_or_tell(name: str, *args: Any, **options: Any) -> Any:
        try:
            return await query(name, *args, **options)
        except module.PiplitePyPIDisabled:
            raise module.PiplitePyPIDisabled(
                f"{name} is not among the packages that this site carries, and it asks no index: "
                "do without it, or have it added to AsgiAddon.packages when the site is built"
            ) from None

    module._query_package = query_or_tell


def mend_micropip(module: Any) -> None:
    """Say so in one sentence. Seen in micropip 0.11.1."""
    find = module.find_wheel

    @functools.wraps(find)
    def find_or_tell(metadata: Any, requirement: Any) -> Any:
        try:
            return find(metadata, requirement)
        except ValueError:
            raise ValueError(
                f"{requirement} has no wheel that runs in a browser: "
                "try another version, or a package that is written in Python alone"
            ) from None

    module.find_wheel = find_or_tell
