"""In JupyterLab with a server, the extension does nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Notebook
from playwright.sync_api import Browser

#: Seconds that the server has to shut down.
PATIENCE = 10

STARTED = re.compile(r"(http://127\.0\.0\.1:\d+/)lab")


@pytest.fixture
def jupyterlab(tmp_path: Path) -> Iterator[str]:
    """The URL of a JupyterLab server that has the extension."""
    home = {name: str(tmp_path / name) for name in ("HOME", "JUPYTER_RUNTIME_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--port=0"]
    command += ["--ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=1"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | home, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        found = None
        while found is None:
            line = server.stderr.readline()
            assert line, "JupyterLab ended before it served"
            found = STARTED.search(line)
        yield found[1]
        server.terminate()
        try:
            server.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:  # the server may be waiting for a kernel
            server.kill()


def test_extension_is_inert_and_the_magic_says_why(browser: Browser, jupyterlab: str) -> None:
    page = browser.new_page()
    faults: list[str] = []

    def note(error: object) -> None:
        # This is how Firefox reports a 404 of the server.
        if "nosniff" not in str(error):
            faults.append(str(error))

    page.on("pageerror", note)
    notebook = Notebook(page, jupyterlab, kernel="python3", path="lab?reset")
    activated = page.evaluate("window.jupyterapp.isPluginActivated('jupyterlite-asgi:panels')")
    notebook.run("%load_ext jupyterlite_asgi")
    outputs = notebook.run("%asgi_serve print")
    hints = page.get_by_role("alert").filter(has_text="Pyodide").count()
    page.close()
    assert (activated, faults, hints) == (True, [], 0)
    assert outputs.error == (
        "ServeError: Apps are served only in a JupyterLite site, where the kernel runs in the "
        "browser: outside one, run `uvicorn module:app` instead."
    )
