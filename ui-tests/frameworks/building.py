"""Builds of sites with packages that the demo site lacks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]

#: The options of the site for frameworks without an example, and its lock file.
CARRIED = Path(__file__).with_name("carried.json")
LOCK = Path(__file__).with_name("asgi-lock.json")


def build(folder: Path) -> Path:
    """Build that site in ``folder``; return the folder of the result."""
    options = json.loads(CARRIED.read_text("utf-8")) | {"lock_file": str(LOCK)}
    done = _build(folder, options)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


class Refusal(NamedTuple):
    """Why a build failed: the missing package, and the one that requires it with its version."""

    missing: str
    asking: str
    version: str


def refusal(package: str, folder: Path) -> Refusal:
    """Try to build a site with a package whose dependency only Pyodide's distribution has."""
    done = _build(folder, {"packages": [package], "pyodide": "npm", "distribution_url": ""})
    assert done.returncode != 0
    (message,) = [line for line in done.stdout.splitlines() if "has no wheel that runs" in line]
    assert "whose distribution has" in message
    asking, version = message.partition("(")[2].split()[:2]
    return Refusal(message.split()[0], asking, version)


def _build(folder: Path, options: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    lite = folder / "lite"
    lite.mkdir()
    shutil.copy(ROOT / "demo" / "jupyter-lite.json", lite)
    paths = {"output_dir": str(folder / "site"), "cache_dir": str(ROOT / "build" / "cache")}
    config = {"LiteBuildConfig": paths | {"no_libarchive": True}, "AsgiAddon": options}
    (lite / "jupyter_lite_config.json").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", "."]
    return subprocess.run(command, capture_output=True, text=True, cwd=lite, check=False)
