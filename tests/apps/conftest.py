"""An index of packages on a local server, and a folder for published apps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.fake_index import serving
from ..support.publishing import Publishing


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    (tmp_path / "index").mkdir()
    with serving(tmp_path / "index") as url:
        yield Publishing(tmp_path, url)
