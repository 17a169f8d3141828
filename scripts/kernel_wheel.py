"""Build the wheel that the front end installs in each kernel, and its piplite index.

It has the modules of the published wheel, except those of builds, and no dependencies; of the
scripts, only ``kernel.js`` from ``jlpm build:kernel``. The front end reads the wheel's version and
file name from ``src/_version.ts``.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.utils import get_reproducible_timestamp
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from jupyterlite_pyodide_kernel.addons.piplite import write_wheel_index

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / "build/kernel"
VERSION_TS = ROOT / "src/_version.ts"
STARTUP = "50-jupyterlite-asgi.py"
SCRIPT = "jupyterlite_asgi/static/kernel.js"


def kernel_config(host: ProjectMetadata[PluginManager]) -> dict[str, Any]:
    """Return the ``pyproject.toml`` of the kernel's wheel, as if it were a separate project."""
    return {
        "project": {
            "name": host.core.raw_name,
            "version": host.version,
            "description": f"{host.core.description} (in the kernel)",
            "license": host.core.license_expression,
            "license-files": host.core.license_files,
            "requires-python": host.core.requires_python,
        },
        "tool": {
            "hatch": {
                "build": {
                    "hooks": {"version": {"path": "jupyterlite_asgi/_version.py"}},
                    "targets": {
                        "wheel": {
                            "only-include": ["jupyterlite_asgi"],
                            "exclude": ["build", "cli.py", "labextension", "static"],
                            "force-include": {SCRIPT: SCRIPT},
                            "shared-data": {f"kernel/{STARTUP}": f"etc/ipython/startup/{STARTUP}"},
                        }
                    },
                }
            }
        },
    }


def build_wheel() -> tuple[str, str]:
    """Build the wheel and its index, and return the wheel's version and file name."""
    host = ProjectMetadata(str(ROOT), PluginManager())
    shutil.rmtree(WHEELS, ignore_errors=True)
    builder = WheelBuilder(str(ROOT), config=kernel_config(host))
    (built,) = builder.build(directory=str(WHEELS), versions=["standard"])
    wheel = Path(built)
    timestamp = get_reproducible_timestamp()
    os.utime(wheel, (timestamp, timestamp))  # the index records it
    write_wheel_index(WHEELS)
    return host.version, wheel.name


def write_version(version: str, wheel: str) -> None:
    """Write the module by which the front end identifies its wheel."""
    VERSION_TS.write_text(
        f"export const version = '{version}';\nexport const wheel = '{wheel}';\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_version(*build_wheel())
