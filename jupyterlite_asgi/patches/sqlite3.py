"""``sqlite3``, whose databases beside the notebook are on JupyterLite's drive."""

from __future__ import annotations

from types import ModuleType

from ..storage.drive import patch_drives


def patch_drive(module: ModuleType) -> None:
    """Patch the drive, not the library: ``patch_drives`` says why."""
    patch_drives()
