"""micropip, which piplite uses to install packages."""

from __future__ import annotations

import functools
from typing import Any


def patch_find_wheel(module: Any) -> None:
    """Explain in one sentence that no wheel runs here. Seen in micropip 0.11.1."""
    find = module.find_wheel

    @functools.wraps(find)
    def find_or_explain(metadata: Any, requirement: Any) -> Any:
        try:
            return find(metadata, requirement)
        except ValueError:
            raise ValueError(
                f"{requirement} has no wheel that runs in a browser: "
                "try another version, or a pure Python package"
            ) from None

    module.find_wheel = find_or_explain
