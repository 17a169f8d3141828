"""Signals Python while it keeps the event loop from running."""

from __future__ import annotations

import signal

from ...serving import preemption
from .kernel_script import kernel_script


def send_ticks() -> None:
    """Let requests be ended in the middle of their code; see ``src/kernel/ticks.ts``."""
    import pyodide_js

    ticks = kernel_script().sendTicks(pyodide_js, int(signal.SIGVTALRM))
    preemption.install(ticks.hurry)
