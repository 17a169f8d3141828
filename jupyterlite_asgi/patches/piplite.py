"""piplite, which is JupyterLite's ``%pip``."""

from __future__ import annotations

import functools
from typing import Any


def patch_query(module: Any) -> None:
    """Say what to do without a package. Seen in piplite 0.8.6: ``PyPI fallback is disabled``."""
    query = module._query_package

    @functools.wraps(query)
    async def query_or_explain(name: str, *args: Any, **options: Any) -> Any:
        try:
            return await query(name, *args, **options)
        except module.PiplitePyPIDisabled:
            raise module.PiplitePyPIDisabled(
                f"{name} is not among the packages that this site carries, and it asks no index: "
                "do without it, or have it added to AsgiAddon.packages when the site is built"
            ) from None

    module._query_package = query_or_explain
