"""Compiles modules for ``bytecode.mjs``, which runs this file in Pyodide, by Pyodide's own Python.

The sources stay where they are, for tracebacks and ``inspect``.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import marshal
import re
import struct
import sys
import zipfile
from collections.abc import Collection, Iterable
from importlib.util import MAGIC_NUMBER, source_hash

_NAME = re.compile(r"(.*/)?([^/]+)\.py")


def imported(names: Iterable[str]) -> list[str]:
    """Import modules, and return the sources of all modules that are loaded then.

    Modules that cannot be imported count as far as they came.
    """
    for name in names:
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)
    specs = (getattr(module, "__spec__", None) for module in [*sys.modules.values()])
    # Modules in the interpreter itself also have a `__file__`, but their origin is "frozen".
    origins = {getattr(spec, "origin", None) for spec in specs}
    return sorted(origin for origin in origins if origin and origin.endswith(".py"))


def with_bytecode(archive: bytes, root: str, wanted: Collection[str]) -> tuple[bytes, int]:
    """Add bytecode to a ZIP archive; return the archive and how many modules were compiled.

    ``root`` is where Python finds the archive's files: the path of the archive itself if Python
    imports from it, else a folder into which it is unpacked. ``wanted`` are the sources to compile,
    by their paths there; those that do not compile are left to fail when they are imported.

    In an unpacked archive, bytecode is checked by the hash of its source, as a package may be
    replaced by another version; in an imported one, which does not change, it is not.
    """
    is_imported = root.endswith(".zip")
    file, count = io.BytesIO(archive), 0
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for name in opened.namelist():
            found, path = _NAME.fullmatch(name), f"{root}/{name}"
            if not found or path not in wanted:
                continue
            source = opened.read(name)
            try:
                bytecode = _compiled(source, path, checked=not is_imported)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            folder, stem = found[1] or "", found[2]
            target = f"{folder}__pycache__/{stem}.{sys.implementation.cache_tag}.pyc"
            if is_imported:
                target = f"{folder}{stem}.pyc"
            info = zipfile.ZipInfo(target)  # dated 1980, so that the same source gives the same
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(info, bytecode, compresslevel=9)
            count += 1
    return file.getvalue(), count


def _compiled(source: bytes, path: str, *, checked: bool) -> bytes:
    """Compile a module to bytecode that is valid whatever its source's date (PEP 552)."""
    code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    flags = struct.pack("<I", 0b11 if checked else 0b01)
    return MAGIC_NUMBER + flags + source_hash(source) + code
