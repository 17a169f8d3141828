"""Write into docs/frameworks.md what the tests of the frameworks showed last.

python ui-tests/claims_page.py
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from claims import Seen, last_seen

PAGE = Path(__file__).parent.parent / "docs" / "frameworks.md"
BEGIN = "<!-- What follows is written by `make frameworks` from what its tests showed. -->\n"


def render(seen: Iterable[Seen]) -> str:
    """What was seen, as Markdown: an overview, and a section of each framework.

    What two browsers were tried with works if it does in both.
    """

    def key(each: Seen) -> tuple[str, str]:
        return each.framework.name.lower(), each.version

    groups = [list(group) for _, group in groupby(sorted(seen, key=key), key)]
    rows = ["| framework | version | browsers | example |", "| --- | --- | --- | --- |"]
    rows += [_row(group) for group in groups]
    return "\n".join(rows) + "\n" + "".join(map(_section, groups))


def _row(group: list[Seen]) -> str:
    framework = group[0].framework
    browsers = " and ".join(each.engine.capitalize() for each in group if each.works) or "none"
    links = ", ".join(f"[{path}](../examples/{path})" for path in framework.examples)
    return f"| {framework.name} | {group[0].version} | {browsers} | {links} |"


def _section(group: list[Seen]) -> str:
    framework = group[0].framework
    works = [claim for claim in group[0].works if all(claim in each.works for each in group)]
    fails = list(dict.fromkeys(claim for each in group for claim in each.fails))
    parts = [f"\n## {framework.name} {group[0].version}\n", _items("Works", works)]
    parts.append(_items("Does not", fails))
    if framework.needs:
        parts.append(f"\n{framework.needs}\n")
    if framework.patches:
        patches = ", ".join(f"`{patch}`" for patch in framework.patches)
        parts.append(f"\nPatched by {patches}.\n")
    return "".join(parts)


def _items(title: str, claims: list[str]) -> str:
    if not claims:
        return ""
    return f"\n{title}:\n\n" + "".join(f"- {claim}\n" for claim in claims)


def main() -> None:
    """Write the page anew below its introduction."""
    intro = PAGE.read_text("utf-8").partition(BEGIN)[0]
    PAGE.write_text(f"{intro}{BEGIN}\n{render(last_seen())}", "utf-8")


if __name__ == "__main__":
    main()
