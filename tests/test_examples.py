"""The notebooks in `examples/` are valid and contain no outputs."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {"name": "python"},
}

example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)


def test_there_are_examples() -> None:
    assert {"fastapi.ipynb", "forms.ipynb"} <= {path.name for path in EXAMPLES}


@example
def test_example_is_a_valid_notebook_for_the_pyodide_kernel(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    nbformat.validate(notebook)
    declared = notebook["metadata"].pop("jupyterlite_asgi", {"app": {}})
    assert list(declared) == ["app"]
    assert notebook["metadata"] == METADATA
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)


@example
def test_example_has_no_outputs(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert [cell["id"] for cell in cells] == [f"cell-{n}" for n in range(1, len(cells) + 1)]
    assert [cell["metadata"] for cell in cells if cell["metadata"]] == []
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in code if cell["outputs"]] == []
    assert [cell["source"] for cell in code if cell["execution_count"] is not None] == []


@example
def test_example_is_formatted_as_jupyterlab_saves_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" == text


@example
def test_example_begins_with_a_title(path: Path) -> None:
    first, *_ = json.loads(path.read_text("utf-8"))["cells"]
    assert first["source"][0].startswith("# ")
