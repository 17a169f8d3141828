"""Detects which features Python lacks here, since Pyodide may gain some of them."""

from __future__ import annotations

import functools
import hashlib
import socket
import sys
import threading

from ..site import site_url


@functools.cache
def threads_cannot_start() -> bool:
    """Return whether no thread can start, as in Pyodide."""
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return True
    thread.join()
    return False


def ports_are_refused() -> bool:
    """Return whether sockets cannot listen, as in every browser; they cannot connect either."""
    with socket.socket() as listener:
        try:
            listener.listen()
        except OSError:
            return True
    return False


def openssl_is_missing() -> bool:
    """Return whether ``hashlib`` lacks the functions that need OpenSSL."""
    return not hasattr(hashlib, "pbkdf2_hmac")


def files_are_on_a_drive() -> bool:
    """Return whether there is a notebook, whose files may be on JupyterLite's drive."""
    return "pyodide_kernel" in sys.modules


def apps_are_mounted() -> bool:
    """Return whether this kernel serves apps below a path."""
    return site_url() is not None
