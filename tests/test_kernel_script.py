"""The kernel's JavaScript as Python calls it; ``src/kernel/__tests__`` tests what it does."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

from jupyterlite_asgi.hosts.browser import busy
from jupyterlite_asgi.hosts.browser.kernel_script import kernel_script
from jupyterlite_asgi.hosts.browser.resend import Exchanges
from jupyterlite_asgi.patches.hashlib import pbkdf2_hmac
from jupyterlite_asgi.patches.sqlite3 import patch_drive

from .support.jspi import pretend, suspendable

#: Prints the names of the script's functions as JSON.
NAMES = "process.stdout.write(JSON.stringify(Object.keys(eval(process.argv[1]))))"


class FakeScript(SimpleNamespace):
    """Stands in for the script's value, and records the calls."""

    def __init__(self) -> None:
        super().__init__(ran=[], drives=[], keys=[], ticks=[])

    def run(self, text: str) -> FakeScript:
        self.ran.append(text)
        return self

    def patchDrives(self, fs: object) -> None:  # noqa: N802
        self.drives.append(fs)

    def sendTicks(self, pyodide: ModuleType, number: int) -> FakeScript:  # noqa: N802
        self.ticks.append((pyodide.__name__, number))
        return self

    def hurry(self) -> None:
        """Send a signal soon."""

    async def pbkdf2(self, *given: object) -> FakeScript:
        self.keys.append(given)
        return self

    def to_bytes(self) -> bytes:
        return b"key"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeScript]:
    """The fake script, in a Pyodide with JSPI."""
    fake = FakeScript()
    pretend(monkeypatch)
    code, pyodide_js = ModuleType("pyodide.code"), ModuleType("pyodide_js")
    vars(code).update(run_js=fake.run)
    vars(pyodide_js).update(FS="the file system")
    vars(sys.modules["pyodide.ffi"]).update(to_js=bytearray)
    monkeypatch.setitem(sys.modules, "pyodide.code", code)
    monkeypatch.setitem(sys.modules, "pyodide_js", pyodide_js)
    kernel_script.cache_clear()
    yield fake
    kernel_script.cache_clear()


def test_script_has_the_functions_that_python_calls(script: FakeScript) -> None:
    kernel_script()
    node = shutil.which("node")
    assert node, "the tests need Node.js"
    (text,) = script.ran
    done = subprocess.run([node, "-e", NAMES, text], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        "ask",
        "freeLocksOnFailure",
        "markOwnRequests",
        "patchDrives",
        "pbkdf2",
        "sendTicks",
    ]


def test_script_is_evaluated_once(script: FakeScript) -> None:
    patch_drive(sqlite3)
    patch_drive(sqlite3)
    assert script.drives == ["the file system"] * 2
    assert len(script.ran) == 1


def test_python_handles_the_signal_that_it_requests(script: FakeScript) -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    busy.listen("/asgi/-/busy", list, Exchanges())
    assert script.ticks == [("pyodide_js", signal.SIGVTALRM)]
    assert signal.getsignal(signal.SIGVTALRM) is not before
    signal.signal(signal.SIGVTALRM, before)


async def test_browser_derives_keys_if_functions_can_suspend(script: FakeScript) -> None:
    derived = await suspendable(lambda: pbkdf2_hmac("sha256", b"lovelace", b"salt", 7))
    assert derived == b"key"
    assert script.keys == [("SHA-256", bytearray(b"lovelace"), bytearray(b"salt"), 7, 32)]
    assert pbkdf2_hmac("sha256", b"lovelace", b"salt", 7) != b"key"
