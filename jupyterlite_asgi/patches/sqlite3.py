"""``sqlite3``, when a database beside the notebook is on JupyterLite's drive."""

from __future__ import annotations

from types import ModuleType

from ..storage.drive import patch_drives


def patch_drive(module: ModuleType) -> None:
    """Patch the drive instead of the library; see ``patch_drives``."""
    patch_drives()
