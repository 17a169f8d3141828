"""What this Python lacks: not which platform it runs on, for Pyodide may come to have it."""

from __future__ import annotations

import functools
import hashlib
import socket
import sys
import threading

from ..site import site_url


@functools.cache
def threads_cannot_start() -> bool:
    """Whether no thread can start, as in Pyodide."""
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return True
    thread.join()
    return False


def ports_are_refused() -> bool:
    """Whether nothing can listen here, as in every browser; so nothing can connect either."""
    with socket.socket() as listener:
        try:
            listener.listen()
        except OSError:
            return True
    return False


def openssl_is_missing() -> bool:
    """Whether ``hashlib`` lacks what it has from OpenSSL alone."""
    return not hasattr(hashlib, "pbkdf2_hmac")


def files_are_on_a_drive() -> bool:
    """Whether the files beside the notebook may be on JupyterLite's drive."""
    return sys.platform == "emscripten"


def apps_are_mounted() -> bool:
    """Whether this kernel serves apps below a path."""
    return site_url() is not None
