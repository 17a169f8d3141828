"""Adds bytecode to a bundled Pyodide, so that kernels need not compile what they import at startup.

Pyodide's own Python compiles, in Node.js: bytecode is only valid for one version of Python.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from ..errors import BuildError
from ..files import digest, replacing, sized
from ..lock_file import Json
from ..node import MISSING, find_node
from .pyodide import CORE, LOCK

STDLIB = "python_stdlib.zip"

_HERE = Path(__file__).parent
_CODE = (
    _HERE.with_name("pyodide.mjs"),
    *(_HERE / name for name in ("bytecode.mjs", "compiler.mjs", "compiler.py", "imports.mjs")),
)
_COUNTS = "modules.json"


def add(folder: Path, names: Sequence[str], cache: Path, say: Callable[[str], None]) -> None:
    """Add bytecode of what packages import to their wheels and to the standard library.

    ``folder`` has Pyodide, its lock file and the packages, ``names`` among them. The lock file gets
    the new wheels' SHA-256 and names: a browser may still have the old ones, by their names. What
    was compiled stays in the cache.

    Raises ``BuildError`` if there is no Node.js or it fails; the folder then stays as it was.
    """
    lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    needed = _closure(lock["packages"], names)
    wheels = {entry["file_name"]: entry for entry in needed.values()}
    order = {
        "packages": sorted(needed),
        "modules": [
            module
            for name in map(canonicalize_name, names)
            for module in needed.get(name, {}).get("imports", [])
        ],
        "wheels": sorted(name for name in wheels if name.endswith(".whl")),
    }
    files = [*_CODE, *(folder / name for name in (*CORE, *order["wheels"]))]
    key = hashlib.sha256(json.dumps([order, *map(digest, files)]).encode()).hexdigest()
    kept = cache / f"bytecode-{key[:16]}"
    if not kept.is_dir():
        say("Compiling what kernels import when they start")
        with replacing(kept) as part:
            counts = _compile(order, folder, part)
            (part / _COUNTS).write_text(json.dumps(counts), encoding="utf-8")
    counts = json.loads((kept / _COUNTS).read_text(encoding="utf-8"))
    added = sum(_replace(kept / name, folder, wheels.get(name)) for name in counts)
    (folder / LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
    say(sized(added, f"bytecode of {sum(counts.values())} modules"))


def _compile(order: Json, folder: Path, output: Path) -> dict[str, int]:
    """Write archives with bytecode; return how many modules of each were compiled."""
    if (node := find_node()) is None:
        raise BuildError(MISSING)
    # Node.js resolves no links, and may not read those that lead out of its folders.
    places = {"folder": str(folder.resolve()), "output": str(output.resolve())}
    asked = order | places | {"stdlib": STDLIB}
    sources = json.loads(node.run(_HERE / "imports.mjs", asked, reads=[folder]))
    asked |= {"sources": sources}
    done = node.run(_HERE / "bytecode.mjs", asked, reads=[folder], writes=[output])
    return dict(json.loads(done))


def _closure(packages: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    """Return the entries of packages and of all that they depend on."""
    found: dict[str, Json] = {}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in packages and name not in found:
            found[name] = packages[name]
            waiting += packages[name]["depends"]
    return found


def _replace(source: Path, folder: Path, entry: Json | None) -> int:
    """Put an archive with bytecode in place of the one without; return how many bytes it adds."""
    old = folder / source.name
    added = source.stat().st_size - old.stat().st_size
    if entry is None:
        shutil.copyfile(source, old)
        return added
    sha256 = digest(source)
    entry |= {"file_name": _tagged(source.name, sha256), "sha256": sha256}
    old.unlink()
    shutil.copyfile(source, folder / entry["file_name"])
    return added


def _tagged(wheel: str, sha256: str) -> str:
    """Return a wheel's name with a hash in its build tag, which sorts after the old one."""
    *head, python, abi, platform = wheel.split("-")
    name, version, build = (*head, "0")[:3]
    return "-".join((name, version, f"{build}pyc{sha256[:8]}", python, abi, platform))
