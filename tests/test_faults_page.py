"""Each row of `docs/faults.md` has one test in `ui-tests/`, which shows it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_each_row_has_one_test() -> None:
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S.*?) *\| “", page, re.MULTILINE)
    tests = [
        what
        for path in (ROOT / "ui-tests").glob("test_*.py")
        for what in re.findall(r'mark\.fault\("(.+)"\)', path.read_text("utf-8"))
    ]
    assert rows
    assert sorted(rows) == sorted(tests)
