"""Builds the front end; hatch-jupyter-builder calls it during a Python build."""

import os
import sys
from typing import Any

from hatch_jupyter_builder.utils import npm_builder


def build(target: str, version: str, **kwargs: Any) -> None:
    """Run npm_builder with the Python that builds the wheel.

    In an isolated build the ``python`` on the PATH is another one.
    """
    os.environ["BUILD_PYTHON"] = sys.executable
    npm_builder(target, version, **kwargs)
