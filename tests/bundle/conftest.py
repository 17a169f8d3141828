"""An index of packages on a local server, and a site that is built from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.bundle_site import Site
from ..support.fake_index import serving


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "index"
    folder.mkdir()
    with serving(folder) as url:
        yield Site(tmp_path, url)
