"""Compiles modules for ``bytecode.mjs``, which runs this file in Pyodide, by Pyodide's own Python.

The sources stay where they are, for tracebacks and ``inspect``.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import marshal
import struct
import sys
import zipfile
from collections.abc import Collection, Iterable
from importlib.util import MAGIC_NUMBER, source_hash


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
    file, added, record = io.BytesIO(), {}, ""
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".dist-info/RECORD"):
                record = name  # goes last
                continue
            _write(new, name, data)
            path = f"{root}/{name}"
            if path in wanted and (bytecode := _compiled(data, path, checked=not is_imported)):
                added[_bytecode_name(name, beside=is_imported)] = bytecode
        for name, bytecode in added.items():
            _write(new, name, bytecode)
        if record:  # without these rows, the bytecode would survive the package
            rows = "".join(f"{name},,\n" for name in added)
            _write(new, record, old.read(record).rstrip() + f"\n{rows}".encode())
    return file.getvalue(), len(added)


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name)  # dated 1980: the same files give the same archive
    info.external_attr = 0o644 << 16
    archive.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=9)


def _bytecode_name(source: str, *, beside: bool) -> str:
    folder, slash, file = source.rpartition("/")
    stem = file.removesuffix(".py")
    if beside:
        return f"{folder}{slash}{stem}.pyc"
    return f"{folder}{slash}__pycache__/{stem}.{sys.implementation.cache_tag}.pyc"


def _compiled(source: bytes, path: str, *, checked: bool) -> bytes | None:
    """Compile a module to bytecode that is valid whatever its source's date (PEP 552)."""
    try:
        code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    flags = struct.pack("<I", 0b11 if checked else 0b01)
    return MAGIC_NUMBER + flags + source_hash(source) + code
