"""The claims of the tests of frameworks, and their results, kept for ``docs/frameworks.md``.

A module in ``ui-tests/frameworks`` names its framework in ``FRAMEWORK``. Its tests are marked:
``@pytest.mark.works("…")`` says what users can rely on, and ``@pytest.mark.fails("…")`` says what
does not work, and why. ``ui-tests/claims_page.py`` generates the page.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

#: The results: a file for each module and engine.
SEEN = Path(__file__).parent.parent / "build" / "frameworks"


@dataclasses.dataclass(frozen=True)
class Framework:
    """A framework, as the page describes it.

    Args:
        name: the spelling of its own documentation.
        distribution: its name on PyPI.
        examples: its notebooks in ``examples/``; the tests run the first one.
        patches: functions of ``jupyterlite_asgi.patches`` that it needs, as ``django.patch_orm``.
        needs: what to do besides ``%pip install``, as Markdown.
    """

    name: str
    distribution: str
    examples: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    needs: str = ""


@dataclasses.dataclass
class Seen:
    """The claims that the tests of one module confirmed in one browser."""

    framework: Framework
    engine: str
    version: str = ""
    works: list[str] = dataclasses.field(default_factory=list)
    fails: list[str] = dataclasses.field(default_factory=list)

    def keep(self, name: str) -> None:
        """Save it as the latest result of the module of that name."""
        SEEN.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False)
        (SEEN / f"{name}-{self.engine}.json").write_text(f"{text}\n", "utf-8")


def last_seen() -> Iterable[Seen]:
    """The latest results of each module in each browser."""
    for path in sorted(SEEN.glob("*.json")):
        kept = json.loads(path.read_text("utf-8"))
        given = kept.pop("framework")
        given |= {name: tuple(given[name]) for name in ("examples", "patches")}
        yield Seen(Framework(**given), **kept)
