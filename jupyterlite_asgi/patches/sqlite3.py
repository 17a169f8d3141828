"""``sqlite3``, when a database beside the notebook is on JupyterLite's drive."""

from __future__ import annotations

from types import ModuleType


def patch_drive(module: ModuleType) -> None:
    """Let SQLite create and change databases on each drive. Seen in the Pyodide kernel 0.8.6.

    Each time a file on a drive is opened, the kernel makes a separate copy, which it writes back
    when the file is closed, while the reported size remains the drive's. So databases that grew
    were malformed, and connections did not see each other's writes. Now a commit is on the drive
    once it is done, if SQLite removes its journal, as it does by default.
    """
    import pyodide_js

    from ..hosts.browser.kernel_script import kernel_script

    kernel_script().patchDrives(pyodide_js.FS)
