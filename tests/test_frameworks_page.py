"""docs/frameworks.md claims nothing that the tests of the frameworks do not show."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "frameworks.md"
TESTS = ROOT / "ui-tests" / "frameworks"
#: Frameworks that no site can include; the page says why.
NOT_BUNDLED = ["MCP", "Shiny"]
LOCKS = (ROOT / "demo" / "asgi-lock.json", TESTS / "asgi-lock.json")


def claims(*kinds: str) -> set[str]:
    """The claims in the tests' marks."""
    mark = re.compile(rf"pytest\.mark\.({'|'.join(kinds)})$")
    return {
        ast.literal_eval(node.args[0])
        for path in TESTS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and mark.match(ast.unparse(node.func))
    }


def generated() -> str:
    """The generated part of the page."""
    _, begin, text = PAGE.read_text("utf-8").partition("<!-- The rest is generated")
    assert begin
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_page_contains_only_the_claims_of_tests() -> None:
    items = {one_line(item) for item in re.findall(r"^- ((?:.|\n  )+)", generated(), re.MULTILINE)}
    assert items <= claims("works", "fails")


def frameworks() -> dict[str, str]:
    """The frameworks that have tests, and the name of each on PyPI."""
    found = {}
    for path in sorted(TESTS.glob("test_*.py")):
        (made,) = [
            node.value
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FRAMEWORK"
        ]
        assert isinstance(made, ast.Call)
        named = {keyword.arg: keyword.value for keyword in made.keywords}
        name, distribution = [*made.args, *map(named.get, ("name", "distribution"))][:2]
        assert name is not None
        assert distribution is not None
        found[ast.literal_eval(name)] = ast.literal_eval(distribution)
    return found


def test_each_framework_has_a_section() -> None:
    names = re.findall(r"^## (.+) \S+$", generated(), re.MULTILINE)
    assert set(names) == set(frameworks())


def test_versions_are_those_of_the_lock_files() -> None:
    bundled: dict[str, str] = {}
    for lock in LOCKS:
        packages = json.loads(lock.read_text("utf-8"))["packages"]
        bundled |= {entry["name"]: entry["version"] for entry in packages.values()}
    headings = re.findall(r"^## (.+ \S+)$", generated(), re.MULTILINE)
    tested = {name: bundled.get(distribution) for name, distribution in frameworks().items()}
    assert [name for name, version in tested.items() if version is None] == NOT_BUNDLED
    assert {f"{name} {version}" for name, version in tested.items() if version} <= set(headings)
