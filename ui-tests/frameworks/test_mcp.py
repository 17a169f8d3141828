"""MCP: what it needs cannot be had from an index."""

from __future__ import annotations

from pathlib import Path

import pytest
from claims import Framework, Seen

from frameworks.building import refusal

FRAMEWORK = Framework("MCP", "mcp")


@pytest.mark.fails(
    "go into a site whose packages are from an index alone: it asks for rpds-py, which only "
    "Pyodide's own distribution has; with that it was not tried"
)
def test_what_is_missing_is_named(seen: Seen, tmp_path: Path) -> None:
    missing, asking, seen.version = refusal(FRAMEWORK.distribution, tmp_path)
    assert (missing, asking) == ("rpds-py", FRAMEWORK.distribution)
