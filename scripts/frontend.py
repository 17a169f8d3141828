"""The front end's part of a Python build: hatch-jupyter-builder calls it."""

import os
import sys
from typing import Any

from hatch_jupyter_builder.utils import npm_builder


def build(target: str, version: str, **kwargs: Any) -> None:
    """Run npm_builder so that the Python it calls is the one that builds the wheel.

    An isolated build has no ``python`` of its own on the PATH.
    """
    os.environ["BUILD_PYTHON"] = sys.executable
    npm_builder(target, version, **kwargs)
