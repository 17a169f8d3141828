"""``logging.handlers.QueueListener``, which passes records from a queue to handlers."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any


def patch_queue_listener(module: ModuleType) -> None:
    """Pass each record on as it is logged, not in a thread. Seen in Python 3.14 (Pyodide 314).

    By default, Litestar starts a listener with each app.
    """
    started: list[Any] = []
    enqueue = module.QueueHandler.enqueue

    def start(listener: Any) -> None:
        if listener in started:
            raise RuntimeError("Listener already started")
        started.append(listener)
        _deliver(listener)

    def stop(listener: Any) -> None:
        if listener in started:
            started.remove(listener)

    @functools.wraps(enqueue)
    def enqueue_and_deliver(handler: Any, record: Any) -> None:
        enqueue(handler, record)
        for listener in [each for each in started if each.queue is handler.queue]:
            _deliver(listener)

    module.QueueListener.start = start
    module.QueueListener.stop = stop
    module.QueueHandler.enqueue = enqueue_and_deliver


def _deliver(listener: Any) -> None:
    while not listener.queue.empty():
        listener.handle(listener.dequeue(False))
