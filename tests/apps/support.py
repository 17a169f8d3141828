"""Files of apps, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def notebook(path: Path, *cells: str, metadata: Mapping[str, Any] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    code = [
        {"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []}
        for cell in cells
    ]
    title = {"cell_type": "markdown", "source": ["# %asgi_serve nothing\n"]}
    content = {"nbformat": 4, "metadata": metadata or {}, "cells": [title, *code]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
