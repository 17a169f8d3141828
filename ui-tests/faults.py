"""The table of `docs/faults.md`, which the tests marked ``fault`` compare with what they see."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"


@dataclasses.dataclass(frozen=True)
class Fault:
    """What a reader sees when something fails.

    Args:
        sentence: a part of the page, or of a notice.
        seconds: within how many it is there; infinite if that is not tested.
    """

    sentence: str
    seconds: float

    @property
    def milliseconds(self) -> float:
        """The same in Playwright's unit."""
        return 1000 * self.seconds


def read_faults() -> dict[str, Fault]:
    """Return the rows of the table, by what happened."""
    row = re.compile(r"^\| (\S.*?) *\| “(.+?)”.*? *\| (?:(\d+) s)? *\|", re.MULTILINE)
    rows = row.findall(PAGE.read_text("utf-8"))
    return {what: Fault(sentence, float(seconds or "inf")) for what, sentence, seconds in rows}
