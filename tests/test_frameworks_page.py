"""docs/frameworks.md says no more than the tests of the frameworks show."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "frameworks.md"
TESTS = ROOT / "ui-tests" / "frameworks"
LOCKS = (ROOT / "demo" / "asgi-lock.json", TESTS / "asgi-lock.json")


def claims(*kinds: str) -> set[str]:
    """What the tests are marked to show."""
    mark = re.compile(rf"pytest\.mark\.({'|'.join(kinds)})$")
    return {
        ast.literal_eval(node.args[0])
        for path in TESTS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and mark.match(ast.unparse(node.func))
    }


def written() -> str:
    """The part of the page that is made from what was seen."""
    _, begin, text = PAGE.read_text("utf-8").partition("<!-- What follows")
    assert begin
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_page_says_what_the_tests_show() -> None:
    items = {one_line(item) for item in re.findall(r"^- ((?:.|\n  )+)", written(), re.MULTILINE)}
    assert items <= claims("works", "fails")


def test_each_framework_has_a_part() -> None:
    tests = {
        path.stem.removeprefix("test_").removesuffix("_older").replace("_", "-")
        for path in TESTS.glob("test_*.py")
    }
    names = re.findall(r"^## (\S+) ", written(), re.MULTILINE)
    assert {name.lower() for name in names} >= tests


def test_the_versions_are_those_of_the_sites_that_were_tried() -> None:
    shown: dict[str, set[str]] = {}
    for name, version in re.findall(r"^## (\S+) (\S+)$", written(), re.MULTILINE):
        shown.setdefault(name.lower(), set()).add(version)
    for lock in LOCKS:
        packages = json.loads(lock.read_text("utf-8"))["packages"]
        versions = {entry["name"]: entry["version"] for entry in packages.values()}
        # Of some an older one was tried, too.
        assert [name for name in shown if versions.get(name, "") not in shown[name] | {""}] == []
