"""piplite, the implementation of ``%pip`` in JupyterLite."""

from __future__ import annotations

import functools
from typing import Any


def patch_query(module: Any) -> None:
    """Explain ``PyPI fallback is disabled``. Seen in piplite 0.8.6."""
    query = module._query_package

    @functools.wraps(query)
    async def query_or_explain(name: str, *args: Any, **options: Any) -> Any:
        try:
            return await query(name, *args, **options)
        except module.PiplitePyPIDisabled:
            raise module.PiplitePyPIDisabled(
                f"{name} is not among this site's packages, and the site uses no package index: "
                "do without it, or have it added to AsgiAddon.packages in the site's build"
            ) from None

    module._query_package = query_or_explain
