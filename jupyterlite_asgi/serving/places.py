"""Where code runs or waits, in the author's words: ``Cell In[3], line 7``, ``shop.py, line 7``."""

from __future__ import annotations

import asyncio
import os
import re
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from .. import suspension

#: The paths of installed code. In Pyodide the prefix is ``/``, so paths begin with two slashes; and
#: ``os`` claims to be in a zip file, where a published app has no module.
LIBRARIES = (
    str(Path(os.__file__).parent),
    *{re.sub("^//", "/", sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")},
)

#: The path of this package.
_OURS = str(Path(__file__).parents[1])

#: The folder of the published app, with a slash; none in a notebook.
_folders: list[str] = []


def set_folder(folder: str) -> None:
    """Have the files in a published app's folder be its author's, and those in ``lib`` there not.

    ``src/runtime/paths.ts`` says where a browser has both.
    """
    _folders[:] = [f"{folder.rstrip('/')}/"]


def is_library(filename: str) -> bool:
    """Return whether code is that of an installed package, or of Python itself."""
    packages = [f"{folder}lib/" for folder in _folders]
    return filename.startswith(("<frozen ", *LIBRARIES, *packages))


def is_own(filename: str) -> bool:
    """Return whether a path is in the folder of the published app, and not a library's."""
    return filename.startswith(tuple(_folders)) and not is_library(filename)


def place_of(frame: FrameType) -> str:
    """Return the place of the innermost frame: of the author's, else outside of libraries."""
    return _innermost(_callers(frame))


def awaited_place(task: asyncio.Task[Any]) -> str:
    """Return the place at which ``task`` waits, like ``place_of()``.

    Empty if there is none outside of this package.
    """
    frame = suspension.frame_of(task)
    frames = list(_awaited(task))[::-1] if frame is None else list(_callers(frame))
    return _innermost(frame for frame in frames if not frame.f_code.co_filename.startswith(_OURS))


def namer() -> Callable[[str], str]:
    """Return a function that turns the file name of the author's code into what that calls it.

    That is IPython's label for a cell, and in a published app the path within its folder. It
    returns other names unchanged.
    """
    return _within_folder if _folders else _cell_namer()


def _within_folder(filename: str) -> str:
    return filename.removeprefix(_folders[0]) if is_own(filename) else filename


def _cell_namer() -> Callable[[str], str]:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return str
    shell = get_ipython()
    compiler = getattr(shell, "compile", None)
    if compiler is None or not hasattr(compiler, "format_code_name"):
        return str

    def name_of(filename: str) -> str:
        label = compiler.format_code_name(filename)
        return " ".join(label) if label and label[0] == "Cell" else filename

    return name_of


def _innermost(frames: Iterable[FrameType]) -> str:
    name_of = namer()
    places: dict[object, str] = {}  # the innermost of each kind
    for frame in frames:
        filename = frame.f_code.co_filename
        name = name_of(filename)
        # Generated code has names such as `<string>`, and so have cells in Pyodide.
        is_foreign = filename.startswith("<") or is_library(filename)
        kind = "own" if name != filename else is_foreign
        places.setdefault(kind, f"{name}, line {frame.f_lineno}")
    return places.get("own") or places.get(False) or places.get(True, "")


def _callers(frame: FrameType) -> Iterator[FrameType]:
    caller: FrameType | None = frame
    while caller is not None:
        yield caller
        caller = caller.f_back


def _awaited(task: asyncio.Task[Any]) -> Iterator[FrameType]:
    """Yield the frames of the coroutines and generators that ``task`` awaits, outermost first."""
    awaited: Any = task.get_coro()
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            yield frame
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
