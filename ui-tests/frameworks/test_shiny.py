"""Shiny: a dependency is missing from the index."""

from __future__ import annotations

from pathlib import Path

import pytest
from claims import Framework, Seen

from frameworks.building import refusal

FRAMEWORK = Framework("Shiny", "shiny")


@pytest.mark.fails(
    "bundling it from an index alone: it depends on orjson, which only Pyodide's own "
    "distribution has; not tested with that"
)
def test_build_names_the_missing_package(seen: Seen, tmp_path: Path) -> None:
    missing, asking, seen.version = refusal(FRAMEWORK.distribution, tmp_path)
    assert (missing, asking) == ("orjson", FRAMEWORK.distribution)
