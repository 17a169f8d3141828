"""Starts WebKitGTK and what it needs: its driver, and a display without a screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from lab import SLOW

from webkit.driver import WebKitPage, send

#: No network but this machine: the rest goes to a proxy that does not exist.
_CAPABILITIES = {
    "proxy": {
        "proxyType": "manual",
        "httpProxy": "127.0.0.1:9",
        "sslProxy": "127.0.0.1:9",
        "noProxy": ["127.0.0.1", "localhost"],
    },
    "timeouts": {"script": 2 * SLOW, "pageLoad": SLOW},
}

#: Without a GPU, compositing takes more time than the kernel.
_SETTINGS = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1"}


def programs() -> tuple[str, str] | None:
    """The paths of WebKit's driver and of a display for it, or None if one is not installed."""
    found = [
        shutil.which(os.environ.get(variable) or name)
        for variable, name in (("WEBKIT", "WebKitWebDriver"), ("XVFB", "Xvfb"))
    ]
    driver, display = found
    return (driver, display) if driver and display else None


@contextlib.contextmanager
def _running(*command: str, **options: Any) -> Iterator[None]:
    process = subprocess.Popen(command, **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _display(xvfb: str) -> Iterator[str]:
    """Start a display of its own; yield its name."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with (
        os.fdopen(reading) as number,
        _running(
            xvfb,
            "-displayfd",
            str(writing),
            *screen,
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        ),
    ):
        os.close(writing)
        yield f":{number.readline().strip()}"


@contextlib.contextmanager
def open_webkit(driver: str, xvfb: str) -> Iterator[WebKitPage]:
    """Start WebKitGTK with a profile of its own; yield its page."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    with (
        _display(xvfb) as display,
        _running(driver, f"--port={port}", env={**os.environ, **_SETTINGS, "DISPLAY": display}),
    ):
        _wait_for(port)
        created = send(
            "POST", f"{origin}/session", {"capabilities": {"alwaysMatch": _CAPABILITIES}}
        )
        session = f"{origin}/session/{created['sessionId']}"
        yield WebKitPage(session)
        send("DELETE", session)


def _wait_for(port: int) -> None:
    """Wait until something listens on that port."""
    deadline = time.monotonic() + 30
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)) != 0:
            assert time.monotonic() < deadline, "WebKitWebDriver does not listen"
            time.sleep(0.05)
