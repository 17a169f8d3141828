"""``logging.handlers.QueueListener``, which hands what was logged to the handlers that write it."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any


def patch_queue_listener(module: ModuleType) -> None:
    """Hand each record on as it is logged, not in a thread. Seen in Python 3.14, of Pyodide 314.

    Litestar starts a listener with each app, by its default configuration.
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
