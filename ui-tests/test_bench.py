"""`make bench` writes its results even if a case fails."""

from __future__ import annotations

import json
from pathlib import Path

from bench import Report


def fail() -> None:
    raise ValueError("3 bytes came.\n    at line 1")


def test_failed_step_is_recorded_and_the_next_one_runs(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    report = Report(path)
    with report.step("chromium", "up") as results:
        results["ours (ms)"] = 1.5
    failed = [report.failed]
    with report.step("chromium", "down"):
        fail()
    first = json.loads(path.read_text("utf-8"))
    with report.step("firefox", "up") as results:
        results["ours (ms)"] = 2
    assert [*failed, report.failed] == [False, True]
    assert first == {
        "chromium": {"up": {"ours (ms)": 1.5}, "down": {"error": "ValueError: 3 bytes came."}}
    }
    assert json.loads(path.read_text("utf-8")) == first | {"firefox": {"up": {"ours (ms)": 2}}}
