"""Gather what a JupyterLite site would otherwise ask of a CDN: ``vendor.py REQUIREMENTS DEST``.

``DEST/static/pyodide`` gets Pyodide's core, from npm, and the packages its kernel starts with,
from PyPI, with a lock file that names nothing else. ``DEST/pypi`` gets the wheels of the
requirements file, which pins every one of them. Nothing is done twice: ``DEST/.vendored`` holds
a digest of what went in.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PYODIDE = "314.0.7"
CORE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
KERNEL = ("micropip", "ipython", "jedi")
"""What JupyterLite's Pyodide kernel loads from the lock file when it starts."""

PURE = ("markupsafe",)
"""Packages without a wheel for Pyodide, whose C part is optional."""

TARGET = (
    "--platform=pyemscripten_2026_0_wasm32",
    "--python-version=3.14",
    "--implementation=cp",
    "--abi=cp314",
    "--only-binary=:all:",
)

Package = dict[str, Any]


def normalized(name: str) -> str:
    """Return a package's name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def digest(*files: Path) -> str:
    """Return the SHA-256 of the files' bytes, in order."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def pip(*args: str, **env: str) -> None:
    """Run pip for exactly the packages named, with additions to its environment."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *args]
    subprocess.run([*command, "--no-deps"], check=True, env=os.environ | env)


def fetch_core(dest: Path) -> None:
    """Unpack Pyodide's runtime from its npm package."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(
            ["npm", "pack", "--silent", f"--pack-destination={tmp}", f"pyodide@{PYODIDE}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(tmp).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for name in CORE:
                member = tar.extractfile(f"package/{name}")
                if member is None:
                    raise FileNotFoundError(f"{name} is not in {archive.name}")
                (dest / name).write_bytes(member.read())


def closure(packages: dict[str, Package], roots: Iterable[str]) -> list[str]:
    """Return the roots and all that they depend on, by the lock file's word, sorted."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = normalized(waiting.pop())
        if name not in found:
            found.add(name)
            waiting.extend(packages[name]["depends"])
    return sorted(found)


def fetch_kernel_packages(dest: Path) -> None:
    """Download what the kernel starts with, and leave nothing else in the lock file."""
    lock_file = dest / "pyodide-lock.json"
    lock = json.loads(lock_file.read_text(encoding="utf-8"))
    packages = {normalized(name): package for name, package in lock["packages"].items()}
    names = closure(packages, KERNEL)
    pins = [f"{name}=={packages[name]['version']}" for name in names]
    pip("download", f"--dest={dest}", *TARGET, *pins)
    wheels = {normalized(wheel.name.split("-")[0]): wheel for wheel in dest.glob("*.whl")}
    # Pyodide's own builds and PyPI's need not be the same file.
    lock["packages"] = {
        name: packages[name] | {"file_name": wheels[name].name, "sha256": digest(wheels[name])}
        for name in names
    }
    lock_file.write_text(json.dumps(lock), encoding="utf-8")


def fetch_wheels(requirements: Path, dest: Path) -> None:
    """Download the wheels of a requirements file, and build those that PyPI has not."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    pure = [pin for pin in pins if normalized(pin.split("==")[0]) in PURE]
    pip("download", f"--dest={dest}", *TARGET, *(pin for pin in pins if pin not in pure))
    # Without a compiler the C part is left out.
    pip("wheel", f"--wheel-dir={dest}", "--no-binary=:all:", *pure, CC="/bin/false")


def vendor(requirements: Path, dest: Path) -> None:
    """Fill ``dest``, if it is not filled already from these very inputs."""
    stamp = dest / ".vendored"
    key = digest(Path(__file__), requirements)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == key:
        stamp.touch()
        return
    shutil.rmtree(dest, ignore_errors=True)
    pyodide, wheels = dest / "static/pyodide", dest / "pypi"
    pyodide.mkdir(parents=True)
    wheels.mkdir()
    fetch_core(pyodide)
    fetch_kernel_packages(pyodide)
    fetch_wheels(requirements, wheels)
    stamp.write_text(key, encoding="utf-8")


if __name__ == "__main__":
    vendor(Path(sys.argv[1]), Path(sys.argv[2]))
