"""A fresh Python process that lacks what Pyodide lacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jupyterlite_asgi.site import BASE_URL_VARIABLE

_PRELUDE = f"""
import hashlib, os, socket, threading

def start(thread):
    raise RuntimeError("can't start new thread")

def listen(listener):
    raise OSError(138, "Not supported")

threading.Thread.start = start
socket.socket.listen = listen
del hashlib.pbkdf2_hmac, hashlib.scrypt
os.environ["{BASE_URL_VARIABLE}"] = "https://example.org/demo/"
from jupyterlite_asgi import patches
"""


def python(script: str) -> str:
    """The output of ``script`` in such a process, with the patches installed."""
    done = _run(f"patches.install()\n{script}")
    assert done.stderr == ""
    return done.stdout


def complaint(script: str) -> str:
    """The errors of ``script`` in such a process, without the patches."""
    done = _run(script)
    assert done.returncode != 0
    return done.stderr


def install(library: str, folder: Path) -> None:
    """Install a library and its dependencies into ``folder``, if it would disturb other tests."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), library]
    subprocess.run(command, check=True)


def _run(script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", _PRELUDE + script]
    return subprocess.run(command, capture_output=True, text=True, check=False)
