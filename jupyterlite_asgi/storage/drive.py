"""JupyterLite's drive, where the files beside a notebook are."""

from __future__ import annotations


def patch_drives() -> None:
    """Let SQLite create and change databases on each drive. Seen in the Pyodide kernel 0.8.6.

    Each time that a file is opened there it is a copy of its own, of which the drive hears when it
    is closed, and the file's size is the drive's. So a database that grew was malformed, and
    what one connection wrote no other saw. Now a commit is on the drive when it is done, where
    the journal is one that SQLite removes, as it does by default.
    """
    import pyodide_js

    from ..hosts.browser.kernel_script import kernel_script

    kernel_script().patchDrives(pyodide_js.FS)
