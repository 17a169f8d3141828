"""Connects a kernel that does not return to its event loop with the service worker.

``src/kernel/ticks.ts`` sends it signals. If it has been busy for a while, their handler tells the
worker what runs, and asks whether the user interrupts that or its client has disconnected.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

from ... import preemption
from ...serving.places import place_of
from . import interrupts
from .http import BrowserHttpConnection
from .kernel_script import kernel_script
from .protocol import Cancel
from .resend import Exchanges

#: Milliseconds that Python runs without a pause before it first asks.
PATIENCE = 1000.0

#: Milliseconds between two questions.
PERIOD = 500.0

#: The same after an answer that came too late, which costs more time.
LATE = 2000.0

#: The same if there is no worker of ours.
NOBODY = 10_000.0


def listen(url: str, apps: Callable[[], Iterable[str]], exchanges: Exchanges) -> None:
    """Let requests and cells be ended in the middle of their code.

    Args:
        url: where the worker answers, see ``src/worker/kernel/busyKernels.ts``.
        apps: returns the names of this kernel's apps.
        exchanges: those of this kernel.
    """
    import pyodide_js

    script = kernel_script()
    ticks = script.sendTicks(pyodide_js, int(signal.SIGVTALRM))
    quiet_until = 0.0
    heard: dict[str, str] = {}  # what the interrupts of the last answer ended, by their ids

    def on_tick(frame: FrameType) -> None:
        nonlocal quiet_until, heard
        running, now = ticks.running(), time.time() * 1000
        if running < PATIENCE or now < quiet_until:
            return
        names = list(apps())
        if not names:
            return
        report = {"apps": names, "since": now - running, "heard": heard}
        report |= _report(frame, exchanges)
        text = script.ask(url, json.dumps(report))
        answer = json.loads(text or "null")
        pause = PERIOD if answer else NOBODY if text else LATE
        quiet_until = time.time() * 1000 + pause
        if answer:
            _notice_end(str(report["id"]), answer["gone"], exchanges)
            heard = {each: interrupts.handle(each) for each in answer["interrupts"]}

    preemption.install(ticks.hurry, on_tick)


def _report(frame: FrameType, exchanges: Exchanges) -> dict[str, object]:
    works = preemption.current.get()
    connections = [work for work in works if isinstance(work, BrowserHttpConnection)]
    running = next((each for each in connections if each.id in exchanges.open), None)
    return {
        "id": running.id if running else "",
        "worker": running.worker if running else "",
        "title": preemption.title_of(works),
        "place": place_of(frame),
        "stuck": any(work.exceptions >= preemption.ATTEMPTS for work in works),
    }


def _notice_end(identifier: str, gone: str, exchanges: Exchanges) -> None:
    """Handle that the client of an exchange is gone, or the instance that it belongs to."""
    exchange = exchanges.open.get(identifier)
    if exchange is not None and gone == "client":
        exchanges.deliver(Cancel(identifier))
    elif exchange is not None and gone == "worker":
        exchanges.lost(exchange.peer)
