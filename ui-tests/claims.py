"""What a test of a framework claims, and how what was seen is kept for ``docs/frameworks.md``.

A module in ``ui-tests/frameworks`` names its framework in ``FRAMEWORK``. Each of its tests says by
``@pytest.mark.works("…")`` what its reader can rely on, or by ``@pytest.mark.fails("…")`` what does
not work, and why. ``ui-tests/claims_page.py`` writes the page from what passed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

#: Where what was seen is kept: a file of each module and setting.
SEEN = Path(__file__).parent.parent / "build" / "frameworks"


@dataclasses.dataclass(frozen=True)
class Framework:
    """A framework as the page names it.

    Args:
        name: as its own documentation writes it.
        distribution: its name on PyPI.
        examples: the notebooks in ``examples/`` that show it; the first one is run for its tests.
        patches: the functions of ``jupyterlite_asgi.patches`` it needs, as ``django.patch_orm``.
        needs: what a reader has to do besides ``%pip install``, as Markdown.
    """

    name: str
    distribution: str
    examples: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    needs: str = ""


@dataclasses.dataclass
class Seen:
    """What the tests of one module showed in one browser."""

    framework: Framework
    engine: str
    version: str = ""
    works: list[str] = dataclasses.field(default_factory=list)
    fails: list[str] = dataclasses.field(default_factory=list)

    def keep(self, name: str) -> None:
        """Write it down as what the module of that name showed last."""
        SEEN.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False)
        (SEEN / f"{name}-{self.engine}.json").write_text(f"{text}\n", "utf-8")


def last_seen() -> Iterable[Seen]:
    """What was seen last of each module in each browser."""
    for path in sorted(SEEN.glob("*.json")):
        kept = json.loads(path.read_text("utf-8"))
        given = kept.pop("framework")
        given |= {name: tuple(given[name]) for name in ("examples", "patches")}
        yield Seen(Framework(**given), **kept)
