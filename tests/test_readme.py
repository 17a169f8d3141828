from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlite_asgi.serving.options import FLAGS, Flag

README = Path(__file__).parent.parent / "README.md"


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_table_of_options_has_the_declared_text(flag: Flag) -> None:
    # GitHub wants "|" escaped in a table, also in code.
    lines = README.read_text("utf-8").replace(r"\|", "|").splitlines()
    spelling = f"--{flag.name} {flag.placeholder}".rstrip()
    (row,) = (line for line in lines if line.startswith(f"| `{spelling}`"))
    assert flag.help in row
