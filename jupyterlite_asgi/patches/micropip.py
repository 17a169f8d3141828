"""micropip, which piplite uses to install packages."""

from __future__ import annotations

from typing import Any

from .around import around


@around("find_wheel")
def patch_find_wheel(find: Any, metadata: Any, requirement: Any) -> Any:
    """Explain in one sentence that no wheel runs here. Seen in micropip 0.11.1."""
    try:
        return find(metadata, requirement)
    except ValueError:
        raise ValueError(
            f"{requirement} has no wheel that runs in a browser: "
            "try another version, or a pure Python package"
        ) from None
