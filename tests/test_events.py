"""Both languages declare the same events: both test suites read the samples in events.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from jupyterlite_asgi.serving.events import AppEvent, to_fields

SAMPLES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "events.json").read_text())
EVENTS = {event.type: event for event in get_args(AppEvent)}


def test_each_event_has_a_sample() -> None:
    assert [sample["type"] for sample in SAMPLES] == list(EVENTS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["type"]))
def test_event_has_the_fields_of_its_sample(sample: dict[str, Any]) -> None:
    fields = {name: value for name, value in sample.items() if name != "type"}
    event = EVENTS[sample["type"]]
    assert to_fields(event(**fields)) == sample
    assert {name: type(value).__name__ for name, value in fields.items()} == {
        name: kind for name, kind in event.__annotations__.items() if name != "type"
    }
